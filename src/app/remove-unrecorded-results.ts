import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { unknownFiles } from '../store/spool-files.ts';
import { removeTurned } from './carry-out.ts';
import type { NodeContext } from './node-context.ts';

/** `results/<series>-<time of decision>`, with more behind it for late instances and for acts of persons. */
const FOLDER = /^\d+-(\d+)(-review-|-|$)/;
/** A command beside the node may be at work on an act that it began before the node started. */
const ACT_MAY_TAKE_MS = 3_600_000;

/**
 * Takes away what an earlier run had rewritten when it ended and did not put on record: those series are decided anew,
 * into folders of their own. What this run writes is younger than `before` and is left alone.
 */
export async function removeUnrecordedResults(before: number, context: NodeContext): Promise<void> {
  const results = join(context.dataDir, 'results');
  try {
    const folders = await readdir(results).catch(() => []);
    for (const folder of folders.filter((name) => isOfEarlierRun(name, before))) {
      const files = (await readdir(join(results, folder))).map((name) => `results/${folder}/${name}`);
      const unknown = await unknownFiles(context.db, files);
      if (unknown.length === files.length) await removeTurned(join(results, folder), context);
    }
  } catch (error) {
    context.log.warn('results-not-cleared', { cause: messageOf(error) });
  }
}

function isOfEarlierRun(folder: string, before: number): boolean {
  const [, at, more] = FOLDER.exec(folder) ?? [];
  return Number(at) < before - (more === '-review-' ? ACT_MAY_TAKE_MS : 0);
}
