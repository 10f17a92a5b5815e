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
import { type Turning, turnGroup } from './turn-group.ts';

/** What became of one series. */
export interface CarriedOut {
  readonly decision: Decision;
  readonly inputs: readonly InputReport[];
}

/**
 * Writes the series of one group as they were decided: all turned, or every file as it came.
 * @throws NodeError storage-full, storage-failed where the results cannot be written
 */
export async function carryOutGroup(
  members: readonly FolderSeries[],
  decision: Decision,
  order: { readonly context: FolderContext; readonly places: OutputPlaces },
): Promise<readonly CarriedOut[]> {
  const { context, places } = order;
  if (context.settings.dryRun) return members.map(({ instances }) => onlyReported(instances, decision));
  if (decision.decision !== 'standardize' || decision.correction === undefined) {
    return passAll(members, decision, { ...order, why: `as received: ${decision.reason}` });
  }
  const turning: Turning = { ...decision, correction: decision.correction };
  const targetOf = (file: string): string => places.pathOf(file);
  const turned = await turnGroup(members, turning, { ...context, targetOf });
  if (!turned.turned) {
    const instead = passingInstead(decision, turned);
    return passAll(members, instead, { ...order, why: instead.reason });
  }
  return members.map(({ instances }, i) => {
    for (const _ of instances) context.progress.step();
    const flags = mergedFlags(decision.flags, turned.flags[i] ?? []);
    const reason = `turned by ${turning.correction}`;
    return {
      decision: { ...decision, flags },
      inputs: instances.map(({ file }) => ({ file, output: places.nameOf(file), reason })),
    };
  });
}

async function passAll(
  members: readonly FolderSeries[],
  decision: Decision,
  order: { readonly context: FolderContext; readonly places: OutputPlaces; readonly why: string },
): Promise<readonly CarriedOut[]> {
  const carriedOut: CarriedOut[] = [];
  for (const { instances } of members) carriedOut.push({ decision, inputs: await copyAll(instances, order) });
  return carriedOut;
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
