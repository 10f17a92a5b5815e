import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { mergedFlags } from '../app/node-context.ts';
import type { Decision } from '../core/decision/decision.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { fewAtOnce } from './few-at-once.ts';
import type { FolderContext } from './folder-context.ts';
import type { FolderInstance } from './folder-instance.ts';
import type { FolderSeries } from './folder-series.ts';
import { codeOf } from './input-files.ts';
import type { OutputPlaces } from './output-places.ts';
import type { InputReport } from './report.ts';
import { StagedFiles } from './staged-files.ts';
import { type Turning, turnSeries } from './turn-series.ts';

/** What became of one series. */
export interface CarriedOut {
  readonly decision: Decision;
  readonly inputs: readonly InputReport[];
}

/**
 * Writes one series as it was decided: turned, or every file as it came.
 * @throws NodeError storage-full, storage-failed where the results cannot be written
 */
export async function carryOutSeries(
  series: FolderSeries,
  decision: Decision,
  { context, places }: { readonly context: FolderContext; readonly places: OutputPlaces },
): Promise<CarriedOut> {
  const { instances } = series;
  if (context.settings.dryRun) return onlyReported(instances, decision);
  if (decision.decision !== 'standardize' || decision.correction === undefined) {
    return { decision, inputs: await copyAll(instances, { context, places, why: `as received: ${decision.reason}` }) };
  }
  const turning: Turning = { ...decision, correction: decision.correction };
  const targetOf = (file: string): string => places.pathOf(file);
  const turned = await turnSeries(series, turning, { ...context, targetOf });
  if (!turned.turned) {
    const instead = passingInstead(decision, turned);
    return { decision: instead, inputs: await copyAll(instances, { context, places, why: instead.reason }) };
  }
  for (const _ of instances) context.progress.step();
  return {
    decision: { ...decision, flags: mergedFlags(decision.flags, turned.flags) },
    inputs: instances.map(({ file }) => ({
      file,
      output: places.nameOf(file),
      reason: `turned by ${turning.correction}`,
    })),
  };
}

function onlyReported(instances: readonly FolderInstance[], decision: Decision): CarriedOut {
  const turns = decision.decision === 'standardize';
  const reason = turns ? `dry run: would be turned by ${decision.correction}` : 'dry run: would pass as received';
  return {
    decision: turns ? { ...decision, flags: mergedFlags(decision.flags, ['observe']) } : decision,
    inputs: instances.map(({ file }) => ({ file, output: null, reason })),
  };
}

/** The person gets the original bytes, and the report says why. */
export function passingInstead(
  decision: Decision,
  { flag, why }: { readonly flag: Decision['flags'][number]; readonly why: string },
): Decision {
  const { correction: _, ...rest } = decision;
  return {
    ...rest,
    decision: 'pass-through',
    flags: mergedFlags(decision.flags, [flag]),
    reason: `It should have been turned, but this failed and it passes as received: ${why}.`,
    metricReason: 'cannot-reorient',
  };
}

/** Copies files as they are; one that can no longer be read is told of, and keeps nothing else back. */
export async function copyAll(
  files: readonly { readonly path: string; readonly file: string }[],
  { context, places, why }: { readonly context: FolderContext; readonly places: OutputPlaces; readonly why: string },
): Promise<InputReport[]> {
  const reports: InputReport[] = new Array(files.length);
  await fewAtOnce(files, async ({ path, file }, index) => {
    context.signal?.throwIfAborted();
    const staged = new StagedFiles();
    try {
      await access(path, constants.R_OK).catch((error: unknown) => {
        throw new NodeError('not-an-instance', `the file can no longer be read: ${codeOf(error)}`);
      });
      await staged.copy(places.pathOf(file), path);
      await staged.publish();
      reports[index] = { file, output: places.nameOf(file), reason: why };
    } catch (error) {
      await staged.discard();
      if (!(error instanceof NodeError) || error.code !== 'not-an-instance') throw error;
      reports[index] = { file, output: null, reason: messageOf(error) };
    }
    context.progress.step();
  });
  return reports;
}
