import { gathered } from './breakdown.ts';
import type { PictureSource } from './judge-folders.ts';
import { isMeasured, type JudgedSlice } from './judged-slice.ts';
import type { ModelEvaluation } from './model-evaluation.ts';

/** One labelled folder, as far as it was measured. */
export interface MeasuredFolder {
  readonly dataSet: string;
  readonly truth: PictureSource['truth'];
  readonly pictures: number;
  readonly subjects: number;
  readonly series: number;
  readonly kinds: readonly string[];
  /** Pictures whose code is known, and those that have a plane. */
  readonly withCode: number;
  readonly withGeometry: number;
}

/** What one run measured: of one or several recognisers on the same pictures. */
export interface Evaluation {
  readonly formatVersion: 1;
  readonly softwareVersion: string;
  /** ISO 8601 */
  readonly createdAt: string;
  /** Part of a split that the subjects were restricted to. */
  readonly part: string | undefined;
  readonly folders: readonly MeasuredFolder[];
  readonly models: readonly ModelEvaluation[];
}

export function measuredFolders(
  sources: readonly PictureSource[],
  slices: readonly JudgedSlice[],
): readonly MeasuredFolder[] {
  const byDataSet = gathered(slices, ({ dataSet }) => dataSet);
  return sources.map(({ dataSet, truth }) => {
    const own = byDataSet.get(dataSet) ?? [];
    return {
      dataSet,
      truth,
      pictures: own.length,
      subjects: new Set(own.map(({ subject }) => subject)).size,
      series: new Set(own.map(({ series }) => series)).size,
      kinds: [...new Set(own.map(({ kind }) => kind))],
      withCode: own.filter(isMeasured).length,
      withGeometry: own.filter(({ plane }) => plane !== undefined).length,
    };
  });
}
