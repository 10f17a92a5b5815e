import { join } from 'node:path';
import { openDatabase } from '../../src/store/database.ts';
import { type DecisionRecord, decisionsBySeriesUid } from '../../src/store/decisions.ts';
import type { NodeSite } from './running-node.ts';

/** The latest decision on each of these series, read beside the running node; undefined where there is none yet. */
export async function decisionsOnRecord(
  { dataDir }: Pick<NodeSite, 'dataDir'>,
  seriesInstanceUids: readonly string[],
): Promise<(DecisionRecord | undefined)[]> {
  const db = await openDatabase({ file: join(dataDir, 'node.sqlite'), access: 'reader' });
  try {
    const all = await Promise.all(seriesInstanceUids.map((uid) => decisionsBySeriesUid(db, uid)));
    return all.map((decisions) => decisions.at(-1));
  } finally {
    await db.close();
  }
}
