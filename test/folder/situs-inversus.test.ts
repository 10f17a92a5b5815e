import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ORIENTATION_CODES, type OrientationCode } from '../../src/core/orientation/d4.ts';
import type { PhantomSeriesOptions } from '../../src/phantom/phantom-series.ts';
import { SMALL_MATRIX } from '../support/made-up-series.ts';
import { writePart10 } from '../support/part10-files.ts';
import { folderFixture, shortAxis } from './folder-fixture.ts';

const fixture = folderFixture();
const BODIES = [
  { seed: 'situs a', sequence: 'cine', phases: 1 },
  { seed: 'situs b', sequence: 'LGE' },
  { seed: 'situs c', sequence: 'T2' },
] as const;

/** What the product's own recogniser and policy make of a made-up person, stored in each of the eight codes with an honest header. */
async function decisionsOn(
  person: string,
  options: Partial<PhantomSeriesOptions>,
): Promise<Map<OrientationCode, string>> {
  const input = join(fixture.folder, person);
  for (const code of ORIENTATION_CODES) {
    const series = shortAxis({ ...options, code, matrix: SMALL_MATRIX, study: `${person} in ${code}` });
    await writePart10(series, join(input, code));
  }
  const { report } = await fixture.standardize(input, join(fixture.folder, `${person} out`), { dryRun: true });
  return new Map(
    report.series.map(({ slices, decision, correction }) => {
      const code = slices[0]?.file.slice(0, 3) as OrientationCode;
      return [code, decision === 'standardize' ? `${decision} by ${correction}` : decision];
    }),
  );
}

test.each(BODIES)(
  'a heart that is mirrored in the patient is turned from none of the eight codes: $sequence',
  async (body) => {
    const decisions = await decisionsOn(`mirrored ${body.seed}`, { ...body, situs: 'inversus' });
    expect(decisions).toEqual(new Map(ORIENTATION_CODES.map((code) => [code, 'pass-through'])));
  },
);

test.each(BODIES)(
  'the same heart on the usual side is turned from each code but the standard: $sequence',
  async (body) => {
    const decisions = await decisionsOn(`usual ${body.seed}`, body);
    const inverses: Partial<Record<OrientationCode, string>> = { '101': '110', '110': '101' };
    expect(decisions).toEqual(
      new Map(
        ORIENTATION_CODES.map((code) => [
          code,
          code === '000' ? 'pass-through' : `standardize by ${inverses[code] ?? code}`,
        ]),
      ),
    );
  },
);
