import { type PhantomInstance, type PhantomSeriesOptions, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { type Edits, editedDataSet } from './edited-data-set.ts';

/** Small pictures are quick to make and still recognised. */
export const SMALL_MATRIX = { rows: 120, columns: 144, rowSpacingMm: 2.36, columnSpacingMm: 2.36 };

/** A short axis of one person in a study of its own; by default four slices, turned by 110 with an honest header. */
export function shortAxis(study: string, options: Partial<PhantomSeriesOptions> = {}): readonly PhantomInstance[] {
  return phantomSeries({
    seed: 'made-up',
    study,
    plane: 'sax',
    sequence: 'T2',
    slices: 4,
    code: '110',
    matrix: SMALL_MATRIX,
    ...options,
  });
}

/** The same instance with other values; its UIDs follow where they are edited. */
export function edited(instance: PhantomInstance, edits: Edits): PhantomInstance {
  const uid = (tag: string): string | undefined => {
    const value = edits[tag]?.value;
    return typeof value === 'string' ? value : undefined;
  };
  return {
    ...instance,
    sopInstanceUid: uid('00080018') ?? instance.sopInstanceUid,
    seriesInstanceUid: uid('0020000e') ?? instance.seriesInstanceUid,
    dataSet: editedDataSet(instance.dataSet, edits),
  };
}

/** Without Images in Acquisition (0020,1002), as most scanners send: only a quiet period tells that it is complete. */
export const unannounced = (instance: PhantomInstance): PhantomInstance => edited(instance, { '00201002': undefined });
