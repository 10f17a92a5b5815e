import { type PhantomInstance, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { edited, SMALL_MATRIX, shortAxis } from '../support/made-up-series.ts';

const PERSONS = 4;

/** Of each person two series that are turned, one that is standard, and a scout: twenty instances. */
export const INSTANCES_A_STUDY = 20;
const TEMPLATES: readonly (readonly PhantomInstance[])[] = Array.from({ length: PERSONS }, (_, person) => {
  const seed = `soak ${person}`;
  return [
    ...phantomSeries({ seed, plane: 'axial', sequence: 'scout', slices: 2, matrix: SMALL_MATRIX }),
    ...shortAxis(seed, { seed, sequence: 'cine', slices: 4, phases: 2 }),
    ...shortAxis(seed, { seed, sequence: 'LGE', slices: 5, code: '011' }),
    ...shortAxis(seed, { seed, slices: 5, code: '000' }),
  ];
});

/** The study of this number: always the same bytes, so that none has to be kept to judge what became of it. */
export function madeUpStudy(number: number): readonly PhantomInstance[] {
  const template = TEMPLATES[number % PERSONS] ?? [];
  return template.map((one) =>
    edited(one, {
      '00080018': { vr: 'UI', value: `${one.sopInstanceUid.slice(0, 50)}.${number + 1}` },
      '0020000d': { vr: 'UI', value: studyUid(number) },
      '0020000e': { vr: 'UI', value: `${one.seriesInstanceUid.slice(0, 50)}.${number + 1}` },
      '00200052': { vr: 'UI', value: `2.25.8${number}` },
    }),
  );
}

export const studyUid = (number: number): string => `2.25.9${number}`;
