import { Connection } from './connection.ts';

/** Whoever writes must not wait for this longer than so. */
const BUSY_MS = 250;
/** Rows of an index that are looked at to tell how it is filled. */
const ANALYSIS_LIMIT = 1000;
const MOST_FINDINGS = 20;

export interface CareReport {
  /** What SQLite finds wrong; none where all is well. Names of tables and numbers of rows, no values. */
  readonly findings: readonly string[];
  /** Of the file; what is free in it is used again. */
  readonly bytes: number;
  readonly freeBytes: number;
}

/**
 * Looks whether a database is whole (PRAGMA quick_check), lets SQLite learn how its indexes are filled, and folds the log
 * (-wal) into it, beside whoever works with it: on connections of its own. A damaged one is left as it is.
 * @param signal ends the look, which fails then
 * @throws NodeError database-failed
 */
export async function careForDatabase(file: string, signal: AbortSignal): Promise<CareReport> {
  const report = await examined(file, signal);
  if (report.findings.length > 0) return report;
  const writer = await Connection.open({ file, access: 'write', busyTimeoutMs: BUSY_MS });
  try {
    await writer.script(`pragma analysis_limit = ${ANALYSIS_LIMIT}; pragma optimize`);
    // Somebody who reads at this moment keeps the log: the next time will do.
    await writer.all('pragma wal_checkpoint(truncate)');
  } finally {
    await writer.close();
  }
  return report;
}

async function examined(file: string, signal: AbortSignal): Promise<CareReport> {
  const reader = await Connection.open({ file, access: 'read', busyTimeoutMs: BUSY_MS });
  const interrupt = (): void => reader.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    const rows = await reader.all<{ quick_check: string }>(`pragma quick_check(${MOST_FINDINGS})`);
    const found = rows.map(({ quick_check }) => quick_check);
    const [size] = await reader.all<{ pages: number; free: number; page: number }>(
      `select page_count as pages, freelist_count as free, page_size as page
        from pragma_page_count, pragma_freelist_count, pragma_page_size`,
    );
    const { pages = 0, free = 0, page = 0 } = size ?? {};
    return { findings: found.filter((line) => line !== 'ok'), bytes: pages * page, freeBytes: free * page };
  } finally {
    signal.removeEventListener('abort', interrupt);
    await reader.close();
  }
}
