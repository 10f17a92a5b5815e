import { appendAudit } from '../../store/audit.ts';
import { resultIsBack, resultIsLost, type WantedResult, wantedResults } from '../../store/removed-files.ts';
import { moveDataSet } from '../../store/results.ts';
import { storedOutput } from '../stored-output.ts';
import type { RetentionContext } from './retention-context.ts';

const PAGE = 50;
const LOST = 'Retention removed its file, and it cannot be derived again from what was received.';

/**
 * Derives again, the same bytes, what retention removed and somebody wants to be sent again. Nothing of it is sent
 * before that.
 * @returns how many results may be sent now
 * @throws NodeError database-failed, storage-full, storage-failed
 */
export async function bringBack(context: RetentionContext, isClosed: () => boolean): Promise<number> {
  let back = 0;
  for (;;) {
    const wanted = await wantedResults(context.db, PAGE);
    for (const result of wanted) {
      if (isClosed()) return back;
      if (await bringOneBack(result, context)) back += 1;
    }
    if (wanted.length < PAGE) return back;
  }
}

async function bringOneBack(result: WantedResult, { db, dataDir, log, now }: RetentionContext): Promise<boolean> {
  const { resultId, sopInstanceUid } = result;
  const output = await storedOutput(result, { db, dataDir }, { write: true });
  if (output.state !== 'gone') {
    await db.transaction(async (tx) => {
      if (output.state === 'derived-again') await moveDataSet(tx, resultId, output.dataSetOffset);
      await resultIsBack(tx, resultId);
    });
    return true;
  }
  await db.transaction(async (tx) => {
    await resultIsLost(tx, resultId, LOST);
    const entry = { at: now(), event: 'result-lost', actor: 'node', subject: { sopInstanceUid }, detail: { resultId } };
    await appendAudit(tx, [entry]);
  });
  log.error('result-lost', { alert: true, sopInstanceUid });
  return false;
}
