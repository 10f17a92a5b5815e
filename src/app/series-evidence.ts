import type { Evidence } from '../core/decision/decision.ts';
import { bestOf } from '../core/decision/fusion.ts';
import { type PooledOpinion, type PositionedPrediction, poolSlices } from '../core/decision/pooling.ts';
import type { DerivationMethod } from '../core/derivation/derived-uid.ts';
import type { PictureFrame } from '../core/geometry/frame.ts';
import { type ImagePlane, type PlaneFault, reorientPlane } from '../core/geometry/image-plane.ts';
import { correctionFor } from '../core/orientation/d4.ts';
import { headerOpinion } from '../core/orientation/header-opinion.ts';
import { type SettledOpinion, settledOpinion } from '../core/orientation/settled-frame.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { ENOUGH_SLICE_POSITIONS, slicePositions, splitIntoStacks } from '../core/series/stack-group.ts';

/** What one instance adds to the evidence of its series. */
export interface InstanceEvidence {
  readonly plane: ImagePlane | undefined;
  readonly planeFault: PlaneFault | undefined;
  readonly turnFault: { readonly attribute: string; readonly fault: string } | undefined;
  readonly duplicateUid: boolean;
}

/** What one series brings to the decision of its group. */
export interface SeriesEvidence {
  readonly kind: SequenceKind;
  readonly instances: readonly InstanceEvidence[];
  /** Undefined where the recogniser failed; empty where there was no picture to look at. */
  readonly predictions: readonly PositionedPrediction[] | undefined;
}

/** A pooled code this probable speaks for its own series. */
export const SERIES_SURE = 0.95;

/**
 * Series of one group pool their slices. Where single series are sure of different codes, their pictures are not one
 * stack, whatever the headers say: they are decided apart, and `split` is true.
 */
export function splitByPicture<Series extends SeriesEvidence>(
  members: readonly Series[],
  correlation: number,
): { readonly members: readonly Series[]; readonly split: boolean }[] {
  const sure = members.map(({ predictions }) => {
    // One slice, however sure, is no picture of a stack: scanners that make one series per slice have many of them.
    const positions = new Set(predictions?.map(({ positionKey }) => positionKey)).size;
    const pooled = positions < ENOUGH_SLICE_POSITIONS ? undefined : pool(predictions, correlation);
    const best = pooled === undefined ? undefined : bestOf(pooled.probabilities);
    return best !== undefined && best.probability >= SERIES_SURE ? best.code : undefined;
  });
  const codes = [...new Set(sure.filter((code) => code !== undefined))];
  if (codes.length < 2) return [{ members, split: false }];
  return [...codes, undefined].flatMap((code) => {
    const alike = members.filter((_, i) => sure[i] === code);
    return alike.length === 0 ? [] : [{ members: alike, split: true }];
  });
}

/** All that is known of series that are decided together. */
export function evidenceOf(
  members: readonly SeriesEvidence[],
  { correlation, settled }: { readonly correlation: number; readonly settled: readonly PictureFrame[] },
): Evidence {
  const instances = members.flatMap((member) => member.instances);
  const planes = instances.flatMap(({ plane }) => plane ?? []);
  const geometryFault = instances.find(({ planeFault }) => planeFault !== undefined)?.planeFault;
  const unturnable = instances.find(({ turnFault }) => turnFault !== undefined)?.turnFault;
  const [plane] = planes;
  const header = plane === undefined ? undefined : headerOpinion(plane);
  const settledFrame = plane === undefined ? undefined : firstSettled(plane, settled);
  return {
    kind: members[0]?.kind ?? 'other',
    positions: slicePositions(planes) + instances.filter((instance) => instance.plane === undefined).length,
    pooled: members.some(({ predictions }) => predictions === undefined)
      ? undefined
      : pool(
          members.flatMap(({ predictions }, series) =>
            (predictions ?? []).map(({ positionKey, prediction }) => ({
              positionKey: `${series}/${positionKey}`,
              prediction,
            })),
          ),
          correlation,
        ),
    header,
    ...(geometryFault === undefined ? {} : { geometryFault }),
    ...(settledFrame === undefined ? {} : { settled: settledFrame }),
    ...(unturnable === undefined ? {} : { unturnable: { attribute: unturnable.attribute, reason: unturnable.fault } }),
    mixedPlanes: splitIntoStacks(planes.map((one) => ({ plane: one }))).length > 1,
    duplicateUid: instances.some(({ duplicateUid }) => duplicateUid),
  };
}

/** The standard frame on which a decided stack settled, in the patient. */
export function settledFrameOf(plane: ImagePlane, observed: Parameters<typeof correctionFor>[0]): PictureFrame {
  return reorientPlane(plane, correctionFor(observed));
}

const UNSETTLED: ReadonlySet<string> = new Set([
  'uncertain',
  'contradiction',
  'possible-situs-variant',
  'not-short-axis',
  'few-slices',
  'no-geometry',
]);

/**
 * Only what was turned, or surely standard already, is evidence for the next series of the study. Where a person says
 * that the header lies, or contradicts it, the plane on record tells no frame: the series stands for itself alone.
 */
export function settlesFrame(decision: {
  readonly decision: string;
  readonly observedCode?: string | null;
  readonly flags: readonly string[];
  readonly method?: DerivationMethod;
  readonly byPerson?: string | null;
  readonly header?: { readonly code: string } | null;
}): boolean {
  const { method = 'reorient', byPerson = null, header, observedCode } = decision;
  const contradicted = decision.flags.includes('contradiction') && observedCode !== header?.code;
  if (method === 'relabel' || (byPerson !== null && contradicted)) return false;
  return (
    decision.decision === 'standardize' ||
    (decision.observedCode === '000' && !decision.flags.some((flag) => UNSETTLED.has(flag)))
  );
}

function firstSettled(plane: ImagePlane, settled: readonly PictureFrame[]): SettledOpinion | undefined {
  for (const frame of settled) {
    const opinion = settledOpinion(plane, frame);
    if (opinion !== undefined) return opinion;
  }
  return undefined;
}

function pool(
  predictions: readonly PositionedPrediction[] | undefined,
  correlation: number,
): PooledOpinion | undefined {
  return predictions === undefined || predictions.length === 0 ? undefined : poolSlices(predictions, { correlation });
}
