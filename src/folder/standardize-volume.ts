import { basename } from 'node:path';
import { mergedFlags } from '../app/node-context.ts';
import type { Decision } from '../core/decision/decision.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { Correction } from '../core/orientation/d4.ts';
import { proveVolume } from '../nifti/prove-volume.ts';
import { changeableRanges, reorientVolume } from '../nifti/reorient-volume.ts';
import { copyAll, passingInstead } from './carry-out-group.ts';
import type { FolderContext } from './folder-context.ts';
import type { InputFile } from './input-files.ts';
import { type JudgedVolume, judgeVolume, slicePredictions } from './judge-volume.ts';
import type { OutputPlaces } from './output-places.ts';
import type { InputReport, SeriesReport } from './report.ts';
import { decisionReport, sliceReport } from './series-report.ts';
import { StagedFiles } from './staged-files.ts';
import { readVolume, storedForm, type VolumeFile } from './volume-file.ts';
import { volumeKind } from './volume-kind.ts';

/** What became of one NIfTI file; no series where it could not be read. */
export interface VolumeOutcome {
  readonly series: SeriesReport | undefined;
  readonly input: InputReport;
  readonly failure: string | undefined;
}

interface Order {
  readonly context: FolderContext;
  readonly places: OutputPlaces;
  readonly stackGroup: number;
}

/**
 * Decides and writes one volume: turned within its slices, or as it came.
 * @throws NodeError storage-full, storage-failed where the result cannot be written
 */
export async function standardizeVolume(input: InputFile, order: Order): Promise<VolumeOutcome> {
  const { settings, progress } = order.context;
  let volume: VolumeFile;
  try {
    volume = await readVolume(input);
  } catch (error) {
    progress.step();
    return { series: undefined, input: unread(input, error), failure: undefined };
  }
  const judged = await judgeVolume(volume, volumeKind(basename(input.file), settings), order.context);
  const { decision, report } = await carryOut(input, { volume, decision: judged.decision }, order);
  return { series: seriesRow(input, { judged, decision }, order), input: report, failure: judged.failure };
}

export function unread({ file }: Pick<InputFile, 'file'>, error: unknown): InputReport {
  return { file, output: null, reason: messageOf(error) };
}

async function carryOut(
  input: InputFile,
  { volume, decision }: { readonly volume: VolumeFile; readonly decision: Decision },
  { context, places }: Order,
): Promise<{ readonly decision: Decision; readonly report: InputReport }> {
  const { file } = input;
  const turns = decision.decision === 'standardize' && decision.correction !== undefined;
  if (context.settings.dryRun) {
    const reason = turns ? `dry run: would be turned by ${decision.correction}` : 'dry run: would pass as received';
    const observed = turns ? { ...decision, flags: mergedFlags(decision.flags, ['observe']) } : decision;
    context.progress.step();
    return { decision: observed, report: { file, output: null, reason } };
  }
  const turned = turns ? turnVolume(volume, decision.correction as Correction) : undefined;
  if (turned === undefined || 'flag' in turned) {
    const final = turned === undefined ? decision : passingInstead(decision, turned);
    const why = turned === undefined ? `as received: ${final.reason}` : final.reason;
    const [report] = await copyAll([input], { context, places, why });
    return { decision: final, report: report as InputReport };
  }
  await write(places.pathOf(file), await storedForm(turned.bytes, volume));
  context.progress.step();
  const note = turned.qformDropped ? '; its quaternion cannot say so exactly, the sform does' : '';
  const reason = `turned by ${decision.correction}${note}`;
  return { decision, report: { file, output: places.nameOf(file), reason } };
}

/** The turned and proved volume, or why there is none. */
export function turnVolume(
  { bytes, header }: VolumeFile,
  correction: Correction,
): ReturnType<typeof reorientVolume> | { readonly flag: 'proof-failed' | 'cannot-reorient'; readonly why: string } {
  try {
    const turned = reorientVolume(bytes, header, correction);
    proveVolume(bytes, turned.bytes, { correction, changeable: changeableRanges(header) });
    return turned;
  } catch (error) {
    const proof = error instanceof NodeError && error.code === 'proof-failed';
    return { flag: proof ? 'proof-failed' : 'cannot-reorient', why: messageOf(error) };
  }
}

async function write(target: string, bytes: Uint8Array): Promise<void> {
  const staged = new StagedFiles();
  try {
    await staged.write(target, bytes);
    await staged.publish();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

function seriesRow(
  { file }: InputFile,
  { judged, decision }: { readonly judged: JudgedVolume; readonly decision: Decision },
  { context, stackGroup }: Order,
): SeriesReport {
  const { kind } = judged.verdict;
  const predictions = slicePredictions(judged);
  const rows = Array.from({ length: judged.slices }, (_, k) =>
    sliceReport({ file, sopInstanceUid: null }, predictions[k]),
  );
  return decisionReport(decision, {
    seriesInstanceUid: null,
    stackGroup: kind === 'other' ? null : stackGroup,
    kind,
    mode: context.settings.dryRun ? 'observe' : 'standardize',
    pooled: judged.evidence.pooled?.probabilities,
    slices: kind === 'other' ? [] : rows,
  });
}
