import type { Asker } from '../../api/endpoints.ts';
import { appendAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import type { NodeContext } from '../node-context.ts';

/** Somebody looked at data of a patient. */
export interface DataRead {
  readonly asker: Pick<Asker, 'name'>;
  readonly event: 'series-viewed' | 'instances-retrieved' | 'instances-searched';
  /** Undefined for a search among all studies. */
  readonly study?: string | undefined;
  /** Undefined: all of the study. */
  readonly series?: string | undefined;
}

/** Who looks on for so long has one entry: a viewer asks for every picture. */
const ONE_ENTRY_MS = 600_000;
/** So many reads are remembered; then those whose time is over are forgotten. */
const MANY_READS = 10_000;

/** When what was last put on record, for each database: forgotten when the node stops, which at worst is one entry more. */
const recorded = new WeakMap<Database, Map<string, number>>();

/**
 * Puts on the audit trail that somebody read: at most one entry for each person, event and series in ten minutes.
 * @throws NodeError database-failed: then nothing should be shown
 */
export async function recordRead(read: DataRead, { db, now }: Pick<NodeContext, 'db' | 'now'>): Promise<void> {
  const { asker, event, study, series } = read;
  const reads = readsOf(db);
  const at = now();
  const key = JSON.stringify([asker.name, event, study ?? null, series ?? null]);
  const before = reads.get(key);
  if (before !== undefined && Math.abs(at - before) < ONE_ENTRY_MS) return;
  if (reads.size >= MANY_READS) forgetOld(reads, at);
  reads.set(key, at);
  const subject = {
    ...(study === undefined ? {} : { studyInstanceUid: study }),
    ...(series === undefined ? {} : { seriesInstanceUid: series }),
  };
  try {
    await db.transaction((tx) => appendAudit(tx, [{ at, event, actor: asker.name, subject, detail: {} }]));
  } catch (error) {
    reads.delete(key);
    throw error;
  }
}

function readsOf(db: Database): Map<string, number> {
  const known = recorded.get(db) ?? new Map<string, number>();
  recorded.set(db, known);
  return known;
}

function forgetOld(reads: Map<string, number>, at: number): void {
  for (const [key, before] of reads) if (Math.abs(at - before) >= ONE_ENTRY_MS) reads.delete(key);
}
