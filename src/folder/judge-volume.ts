import { chosenPhases } from '../app/classify-stack.ts';
import { evidenceOf, type InstanceEvidence } from '../app/series-evidence.ts';
import type { Decision, Evidence } from '../core/decision/decision.ts';
import { meanPrediction } from '../core/decision/mean-prediction.ts';
import { decide } from '../core/decision/policy.ts';
import { messageOf } from '../core/errors.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { KindVerdict } from '../core/series/kind-rules.ts';
import { slicePlane } from '../nifti/voxel-grid.ts';
import { pictureOfSlice, voxelFault } from '../nifti/voxels.ts';
import type { FolderContext } from './folder-context.ts';
import type { VolumeFile } from './volume-file.ts';
import { RULE_ASSUMED } from './volume-kind.ts';

/** A volume as it was decided: a series by itself. */
export interface JudgedVolume {
  readonly verdict: KindVerdict;
  readonly evidence: Evidence;
  readonly decision: Decision;
  /** Number of slices. */
  readonly slices: number;
  /** Of every recognised picture, by slice; empty where nothing was recognised. */
  readonly predictions: readonly (readonly SlicePrediction[])[];
  /** Why the recogniser gave no answer. */
  readonly failure: string | undefined;
}

/** How many pictures are handed to the recogniser at once. */
const BATCH = 32;

/** Recognises and decides one volume. */
export async function judgeVolume(
  volume: VolumeFile,
  verdict: KindVerdict,
  context: FolderContext,
): Promise<JudgedVolume> {
  const { header, bytes } = volume;
  const turnFault = voxelFault(header, bytes.length);
  const instances = Array.from({ length: header.size[2] }, (_, k): InstanceEvidence => {
    const plane = slicePlane(header, k);
    const geometry = 'fault' in plane ? { plane: undefined, planeFault: plane } : { plane, planeFault: undefined };
    return { ...geometry, turnFault, duplicateUid: false };
  });
  let failure: string | undefined;
  let predictions: readonly (readonly SlicePrediction[])[] = [];
  try {
    if (verdict.kind !== 'other' && turnFault === undefined) predictions = await recognise(volume, context);
  } catch (error) {
    failure = messageOf(error);
  }
  const positioned = predictions.flatMap((slice, k) => slice.map((prediction) => ({ positionKey: k, prediction })));
  const { correlation, thresholds, decision: rules } = context.settings;
  const member = { kind: verdict.kind, instances, predictions: failure === undefined ? positioned : undefined };
  const evidence = evidenceOf([member], { correlation, settled: [] });
  const decision = explained(decide(evidence, thresholds, rules), verdict);
  return { verdict, evidence, decision, slices: header.size[2], predictions, failure };
}

function explained(decision: Decision, { rule }: KindVerdict): Decision {
  if (rule !== RULE_ASSUMED) return decision;
  return { ...decision, reason: `${decision.reason} No header told its kind; it was taken for a cine.` };
}

async function recognise(
  { bytes, header }: VolumeFile,
  { classifier, settings }: FolderContext,
): Promise<SlicePrediction[][]> {
  const recogniser = await classifier();
  const phases = chosenPhases(header.phases, settings.phasesPerPosition);
  const chosen = Array.from({ length: header.size[2] }, (_, k) => phases.map((phase) => ({ k, phase }))).flat();
  const bySlice: SlicePrediction[][] = Array.from({ length: header.size[2] }, () => []);
  for (let at = 0; at < chosen.length; at += BATCH) {
    const batch = chosen.slice(at, at + BATCH);
    const predictions = await recogniser.classify(batch.map((one) => pictureOfSlice(bytes, header, one)));
    batch.forEach(({ k }, n) => {
      const prediction = predictions[n];
      if (prediction !== undefined) bySlice[k]?.push(prediction);
    });
  }
  return bySlice;
}

/** The prediction of each slice over its phases. */
export function slicePredictions({ predictions }: JudgedVolume): (SlicePrediction | undefined)[] {
  return predictions.map(meanPrediction);
}
