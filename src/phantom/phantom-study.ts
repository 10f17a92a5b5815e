import { type PhantomInstance, type PhantomSeriesOptions, phantomSeries } from './phantom-series.ts';

/** One series of the demo study and what it is there to show. */
export interface DemoSeries {
  readonly purpose: string;
  readonly instances: readonly PhantomInstance[];
}

type SeriesPlan = Omit<PhantomSeriesOptions, 'seed'> & { readonly purpose: string };

const PLAN: readonly SeriesPlan[] = [
  { purpose: 'scout: not a short axis, passes through', plane: 'axial', sequence: 'scout', slices: 3 },
  { purpose: 'scout: not a short axis, passes through', plane: 'coronal', sequence: 'scout', slices: 3 },
  { purpose: 'scout: not a short axis, passes through', plane: 'sagittal', sequence: 'scout', slices: 3 },
  { purpose: 'four-chamber cine: not a short axis, passes through', plane: '4ch', sequence: 'cine', phases: 4 },
  {
    purpose: 'short-axis cine, turned, honest header: to be standardized',
    plane: 'sax',
    sequence: 'cine',
    phases: 4,
    code: '110',
  },
  { purpose: 'short-axis T2, standard already: passes through', plane: 'sax', sequence: 'T2' },
  {
    purpose: 'short-axis LGE, turned upside down behind the header: contradiction, passes through, flagged',
    plane: 'sax',
    sequence: 'LGE',
    code: '011',
    header: 'lying',
  },
];

/** A small made-up study of one person in one Frame of Reference, quick to make. */
export function demoStudy(seed: string): readonly DemoSeries[] {
  return PLAN.map(({ purpose, ...options }, i) => ({
    purpose,
    instances: phantomSeries({ ...options, seed, scar: true, seriesNumber: i + 1 }),
  }));
}
