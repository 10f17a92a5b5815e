import { basename } from 'node:path';
import type { ImagePlane, PlaneFault } from '../core/geometry/image-plane.ts';
import { slicePlane } from '../nifti/voxel-grid.ts';
import type { FolderContext } from './folder-context.ts';
import type { InputFile } from './input-files.ts';
import { judgeVolume, slicePredictions } from './judge-volume.ts';
import type { SeriesReport } from './report.ts';
import { decisionReport, sliceReport } from './series-report.ts';
import { readVolume } from './volume-file.ts';
import { volumeKind } from './volume-kind.ts';

/** What one NIfTI file is, and what would be done with it. */
export interface VolumeInspection extends SeriesReport {
  readonly size: readonly [number, number, number];
  readonly phases: number;
  readonly datatype: number;
  readonly kindRule: string;
  /** Of the first slice. */
  readonly plane: ImagePlane | null;
  readonly planeFault: PlaneFault | null;
}

/**
 * Looks at one NIfTI file.
 * @throws NodeError not-an-instance, truncated, storage-failed
 */
export async function inspectVolume(input: InputFile, context: FolderContext): Promise<VolumeInspection> {
  const volume = await readVolume(input);
  const verdict = volumeKind(basename(input.file), context.settings);
  const judged = await judgeVolume(volume, verdict, context);
  const { size, phases, datatype } = volume.header;
  const plane = slicePlane(volume.header, 0);
  const row = decisionReport(judged.decision, {
    seriesInstanceUid: null,
    stackGroup: null,
    kind: verdict.kind,
    mode: 'observe',
    pooled: judged.evidence.pooled?.probabilities,
    slices: slicePredictions(judged).map((one) => sliceReport({ file: input.file, sopInstanceUid: null }, one)),
  });
  const geometry = 'fault' in plane ? { plane: null, planeFault: plane } : { plane, planeFault: null };
  return { size, phases, datatype, kindRule: verdict.rule, ...geometry, ...row };
}
