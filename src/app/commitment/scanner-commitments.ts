import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, NodeError } from '../../core/errors.ts';
import { appendAudit } from '../../store/audit.ts';
import {
  COMMITTED,
  type CommitmentOrder,
  dueCommitmentOrders,
  insertCommitmentOrder,
  itemOutcomes,
  type OrderedInstance,
  openItems,
  recordItemOutcomes,
  recordReport,
  type SafetyRule,
} from '../../store/commitment-orders.ts';
import type { NodeContext } from '../node-context.ts';
import type { CommitmentReport, CommitmentRequest } from '../ports.ts';

/** Failure Reasons (PS3.3 C.14.1.1). */
const PROCESSING_FAILURE = 0x0110;
const NO_SUCH_OBJECT_INSTANCE = 0x0112;
const CLASS_INSTANCE_CONFLICT = 0x0119;

const HOUR_MS = 3_600_000;
const SOONEST_LOOK_MS = 2_000;
const LATEST_LOOK_MS = 60_000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 600_000;
/** What was acknowledged before the order may still be on its way into the database. */
const ADMISSION_MS = 60_000;
const ORDERS_AT_ONCE = 50;

/** Somebody who may ask, and can be told. */
export interface CommitmentPeer {
  readonly aeTitle: string;
  /** @throws NodeError destination-unreachable, destination-refused, destination-failed */
  report(report: CommitmentReport): Promise<void>;
}

export interface ScannerCommitmentsOptions {
  readonly peers: readonly CommitmentPeer[];
  readonly rule: SafetyRule;
  /** Instances that are not safe by then are reported as failed. */
  readonly hours: number;
  /** Resolves when everything that was acknowledged is in the database. */
  readonly admitted: () => Promise<void>;
  readonly lookEveryMs?: number;
}

type CommitmentContext = Pick<NodeContext, 'db' | 'log' | 'now'>;

/**
 * Tells scanners when what they sent is safe at the archive, by the UIDs that they know (PS3.4 annex J). What was asked is
 * on record before it is acknowledged, and kept until the scanner has been told.
 */
export class ScannerCommitments {
  readonly #options: ScannerCommitmentsOptions;
  readonly #context: CommitmentContext;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ScannerCommitmentsOptions, context: CommitmentContext) {
    this.#options = options;
    this.#context = context;
    this.#later();
  }

  /** @throws NodeError forbidden (nobody knows where to report to), bad-request, database-failed */
  async takeRequest(request: CommitmentRequest & { readonly callingAeTitle: string }): Promise<void> {
    const { callingAeTitle, transactionUid, instances } = request;
    if (this.#peer(callingAeTitle) === undefined) {
      throw new NodeError('forbidden', `${callingAeTitle} has no address in dimse.peers to report to`);
    }
    if (instances.length === 0) throw new NodeError('bad-request', 'a storage commitment of no instance');
    const at = this.#context.now();
    await this.#context.db.transaction(async (tx) => {
      if (!(await insertCommitmentOrder(tx, { ...request, at }))) return;
      const detail = { instances: instances.length };
      const subject = { transactionUid };
      await appendAudit(tx, [{ at, event: 'storage-commitment-requested', actor: callingAeTitle, subject, detail }]);
    });
    this.#context.log.info('storage-commitment-requested', {
      callingAeTitle,
      transactionUid,
      instances: instances.length,
    });
  }

  /** Ends after what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #peer(aeTitle: string): CommitmentPeer | undefined {
    return this.#options.peers.find((peer) => peer.aeTitle === aeTitle);
  }

  #later(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#later());
    }, this.#options.lookEveryMs ?? SOONEST_LOOK_MS);
  }

  async #look(): Promise<void> {
    try {
      const due = await dueCommitmentOrders(this.#context.db, this.#context.now(), ORDERS_AT_ONCE);
      for (const order of due.filter(({ state }) => state === 'open')) await this.#settle(order);
      // A scanner that does not answer holds up no other.
      await Promise.all(due.filter(({ state }) => state === 'settled').map((order) => this.#report(order)));
    } catch (error) {
      this.#context.log.error('storage-commitment-failed', { reason: messageOf(error) });
    }
  }

  async #settle(order: CommitmentOrder): Promise<void> {
    const { db } = this.#context;
    const items = await this.#itemsOf(order);
    const now = this.#context.now();
    const age = now - order.requestedAt;
    const overdue = age >= this.#options.hours * HOUR_MS;
    const outcomes = new Map<string, number>();
    for (const item of items) {
      const outcome = outcomeOf(item, age) ?? (overdue ? PROCESSING_FAILURE : undefined);
      if (outcome !== undefined) outcomes.set(item.sopInstanceUid, outcome);
    }
    const lookAgainAt =
      now + Math.min(Math.max(age / 10, this.#options.lookEveryMs ?? SOONEST_LOOK_MS), LATEST_LOOK_MS);
    await db.transaction((tx) =>
      recordItemOutcomes(tx, order.id, { outcomes, now, lookAgainAt: Math.ceil(lookAgainAt) }),
    );
  }

  /** What nobody knows after a while is looked for once more when nothing is on its way into the database. */
  async #itemsOf(order: CommitmentOrder): Promise<readonly OrderedInstance[]> {
    const { db, now } = this.#context;
    const items = await openItems(db, order.id, this.#options.rule);
    const unknown = items.some(({ receivedSopClassUid }) => receivedSopClassUid === null);
    if (!unknown || now() - order.requestedAt < ADMISSION_MS) return items;
    const waiting = new AbortController();
    const drained = await Promise.race([
      this.#options.admitted().then(() => true),
      delay(SOONEST_LOOK_MS, false, { signal: waiting.signal }).catch(() => false),
    ]);
    waiting.abort();
    const again = await openItems(db, order.id, this.#options.rule);
    return drained ? again : again.filter(({ receivedSopClassUid }) => receivedSopClassUid !== null);
  }

  async #report(order: CommitmentOrder): Promise<void> {
    const { db, log, now } = this.#context;
    const { id, transactionUid, callingAeTitle, requestedAt, reportAttempts } = order;
    const items = await itemOutcomes(db, id);
    const failed = items.flatMap(({ outcome, ...item }) =>
      outcome === COMMITTED ? [] : [{ ...item, reason: outcome }],
    );
    const committed = items.flatMap(({ outcome, ...item }) => (outcome === COMMITTED ? [item] : []));
    const detail = { committed: committed.length, failed: failed.length };
    try {
      const peer = this.#peer(callingAeTitle);
      if (peer === undefined) throw new NodeError('forbidden', `${callingAeTitle} is in dimse.peers no more`);
      await peer.report({ transactionUid, committed, failed });
      await this.#recordReport(order, { state: 'reported', dueAt: now(), detail });
      log.info('storage-commitment-reported', { callingAeTitle, transactionUid, ...detail });
    } catch (error) {
      const reason = messageOf(error);
      // As long as it waited for the archive, and as long again for the scanner.
      const givenUp = now() - requestedAt >= 2 * this.#options.hours * HOUR_MS;
      const dueAt = now() + Math.min(FIRST_RETRY_MS * 2 ** Math.min(reportAttempts, 16), LONGEST_RETRY_MS);
      log.warn('storage-commitment-not-reported', { callingAeTitle, transactionUid, reason, givenUp });
      if (givenUp) await this.#recordReport(order, { state: 'unreported', dueAt, detail: { ...detail, reason } });
      else await db.transaction((tx) => recordReport(tx, id, { state: 'settled', dueAt }));
    }
  }

  async #recordReport(
    { id, transactionUid, callingAeTitle }: CommitmentOrder,
    {
      state,
      dueAt,
      detail,
    }: { readonly state: 'reported' | 'unreported'; readonly dueAt: number; readonly detail: object },
  ): Promise<void> {
    await this.#context.db.transaction(async (tx) => {
      await recordReport(tx, id, { state, dueAt });
      const event = `storage-commitment-${state}`;
      const subject = { transactionUid };
      await appendAudit(tx, [
        { at: this.#context.now(), event, actor: 'node', subject, detail: { ...detail, callingAeTitle } },
      ]);
    });
  }
}

/** Undefined while nobody knows. */
function outcomeOf(item: OrderedInstance, age: number): number | undefined {
  const { sopClassUid, receivedSopClassUid, isSafe } = item;
  if (receivedSopClassUid === null) return age < ADMISSION_MS ? undefined : NO_SUCH_OBJECT_INSTANCE;
  if (receivedSopClassUid !== sopClassUid) return CLASS_INSTANCE_CONFLICT;
  return isSafe === 1 ? COMMITTED : undefined;
}
