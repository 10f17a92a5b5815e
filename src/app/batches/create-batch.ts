import type { BatchOrder } from '../../api/batches.ts';
import { NodeError } from '../../core/errors.ts';
import { appendAudit } from '../../store/audit.ts';
import { type BatchRecord, batchByKey, insertBatch, seriesDecidedWith } from '../../store/batches.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Reader } from '../../store/database.ts';
import { seriesMatching } from '../../store/worklist.ts';
import type { NodeContext } from '../node-context.ts';

/**
 * Puts a batch on record with the series that its filter lets through now. The same order under the same key is the batch
 * that it made before.
 * @returns its id
 * @throws NodeError bad-request, conflict (another order under the same key), database-failed
 */
export async function createBatch(
  order: BatchOrder,
  by: string,
  { db, now, destinations }: Pick<NodeContext, 'db' | 'now'> & { readonly destinations: readonly string[] },
): Promise<number> {
  refuse(order, destinations);
  const series = await chosen(order, db);
  return db.transaction(async (tx) => {
    const known = order.key === undefined ? undefined : await batchByKey(tx, order.key);
    if (known !== undefined) return sameOrder(known, order).id;
    const at = now();
    const id = await insertBatch(tx, { key: order.key ?? null, order, by, createdAt: at }, series);
    const { action, dryRun, destination, to, because } = order;
    // Free text may name a patient: which words were looked for is no matter of the audit trail.
    const { text, ...filter } = order.filter;
    const narrowed = text === undefined ? filter : { ...filter, text: '…' };
    const detail = { action, dryRun, filter: narrowed, destination, to, reason: because, series: series.length };
    await appendAudit(tx, [{ at, event: 'batch-created', actor: by, subject: { batchId: id }, detail }]);
    return id;
  });
}

function refuse({ action, filter, destination, to }: BatchOrder, destinations: readonly string[]): void {
  if (Object.values(filter).every((value) => value === undefined || value === '')) {
    throw new NodeError('bad-request', 'say which series: a batch without any filter would be of all there are');
  }
  for (const name of [destination, to]) {
    if (name === undefined || destinations.includes(name)) continue;
    throw new NodeError('bad-request', `there is no destination ${name}; there are: ${destinations.join(', ')}`);
  }
  if (action === 'decide-again' && (destination !== undefined || to !== undefined)) {
    const message = 'what is decided otherwise goes to all destinations of its route, and to who has what it replaces';
    throw new NodeError('bad-request', message);
  }
}

async function chosen(order: BatchOrder, reader: Reader) {
  const ids = new Set(await seriesMatching(reader, order.filter));
  const all = [...ids].map((id) => ({ id, joined: false }));
  if (order.action === 'resend') return all;
  const others = (await seriesDecidedWith(reader, [...ids])).filter((id) => !ids.has(id));
  return [...all, ...others.map((id) => ({ id, joined: true }))];
}

function sameOrder(known: BatchRecord, order: BatchOrder): BatchRecord {
  if (canonicalJson(known.order) === canonicalJson(order)) return known;
  throw new NodeError('conflict', 'another order was given under this key');
}
