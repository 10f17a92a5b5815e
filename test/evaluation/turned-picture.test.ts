import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOf } from '../../src/core/decision/fusion.ts';
import { compose, inverse, ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import type { SlicePrediction } from '../../src/core/orientation/slice-prediction.ts';
import type { GreyImage } from '../../src/core/pixels/grey-image.ts';
import { consistencyOf } from '../../src/evaluation/consistency.ts';
import { permutedCopy, recognisedCopies, turnedCopies } from '../../src/evaluation/judge-folders.ts';
import { judgedSlice } from '../../src/evaluation/judged-slice.ts';
import { turnedImage, turnedPrediction } from '../../src/evaluation/turned-picture.ts';
import type { LabelledPicture } from '../../src/labelled/labelled-picture.ts';
import { anyCode, anyProbabilities, sureOf } from '../support/arbitraries.ts';
import { planeAt } from '../support/decision-evidence.ts';
import { turnedImage as turnedByTheLaw } from '../support/turned-image.ts';

function picture(rows: number, columns: number, seed = 1): GreyImage {
  const samples = Float32Array.from({ length: rows * columns }, (_, i) => ((i + 1) * 7919 * seed) % 101);
  return { rows, columns, rowSpacingMm: 1.5, columnSpacingMm: 2, samples };
}

/** Any score of a picture makes an exactly equivariant recogniser: the softmax of the scores of its eight undone copies. */
async function equivariant(images: readonly GreyImage[]): Promise<readonly SlicePrediction[]> {
  const score = ({ samples, columns }: GreyImage) =>
    Array.from(samples).reduce(
      (sum, value, i) => sum + value * Math.sin(0.3 * (i % columns) + 0.7 * Math.floor(i / columns)),
      0,
    ) / samples.length;
  return images.map((image) => {
    const weights = ORIENTATION_CODES.map((code) => Math.exp(score(turnedByTheLaw(image, inverse(code)))));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { probabilities: weights.map((weight) => weight / total), sax: 0.9, angleDegrees: 3 };
  });
}

/** Says the same of every picture. */
async function stubborn(images: readonly GreyImage[]): Promise<readonly SlicePrediction[]> {
  return images.map(() => ({ probabilities: sureOf('010', 0.8), sax: 0.7 }));
}

function labelled(image: GreyImage): LabelledPicture {
  return {
    file: 'a.png',
    subject: 'anna',
    series: 'anna cine',
    position: '1',
    phase: '',
    kind: 'cine',
    code: '010',
    shortAxis: true,
    nearBorder: undefined,
    quality: undefined,
    angleDegrees: 10,
    image,
    plane: { ...planeAt(10), rows: image.rows, columns: image.columns },
    masks: {},
  };
}

describe('a turned picture', () => {
  it('is turned sample by sample as the codes say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), anyCode, (rows, columns, code) => {
        expect(turnedImage(picture(rows, columns), code)).toEqual(turnedByTheLaw(picture(rows, columns), code));
      }),
    );
  });

  it('takes samples from the middle of a larger buffer', () => {
    const { samples, ...size } = picture(3, 4);
    const larger = new Float32Array([9, 9, 9, ...samples, 9]);
    const within = { ...size, samples: larger.subarray(3, 15) };
    expect(turnedImage(within, '101')).toEqual(turnedByTheLaw(picture(3, 4), '101'));
  });
});

describe('the answer of an equivariant recogniser', () => {
  it('is turned like the picture', () => {
    fc.assert(
      fc.property(anyProbabilities, anyCode, anyCode, (probabilities, first, second) => {
        const once = turnedPrediction({ probabilities }, first);
        expect(once.probabilities[ORIENTATION_CODES.indexOf(first)]).toBe(probabilities[0]);
        expect(turnedPrediction(once, second)).toEqual(turnedPrediction({ probabilities }, compose(first, second)));
      }),
    );
  });

  it('is what recognising the turned picture gives', async () => {
    const [stored] = (await equivariant([picture(6, 8)])) as [SlicePrediction];
    for (const code of ORIENTATION_CODES) {
      const [found] = (await equivariant([turnedByTheLaw(picture(6, 8), code)])) as [SlicePrediction];
      expect(bestOf(found.probabilities).code).toBe(compose(bestOf(stored.probabilities).code, code));
      turnedPrediction(stored, code).probabilities.forEach((value, i) => {
        expect(found.probabilities[i]).toBeCloseTo(value, 9);
      });
    }
  });
});

describe('consistency', () => {
  it('is exact for an equivariant recogniser', async () => {
    const found = await consistencyOf([picture(6, 8), picture(9, 5, 3)], equivariant);
    expect(found).toMatchObject({ pictures: 2, sameCode: 1, exact: true, greatestAngleDifference: 0 });
    expect(found?.greatestDifference).toBeLessThan(1e-9);
  });

  it('is not for one that always says the same', async () => {
    const found = await consistencyOf([picture(6, 8)], stubborn);
    expect(found).toMatchObject({ sameCode: 0, exact: false });
    expect(found?.greatestDifference).toBeCloseTo(0.8 - 0.2 / 7, 9);
  });

  it('is exact where all codes are equally probable', async () => {
    const blank = { ...picture(6, 8), samples: new Float32Array(48) };
    expect(await consistencyOf([blank], equivariant)).toMatchObject({ sameCode: 1, exact: true });
  });

  it('of nothing is unknown', async () => {
    expect(await consistencyOf([], equivariant)).toBeUndefined();
  });
});

describe('turned copies of slices', () => {
  const pictures = [labelled(picture(6, 8)), labelled(picture(5, 5, 2))];
  const sources = [
    {
      dataSet: 'set',
      truth: 'labels' as const,
      pictures: async function* () {
        yield* pictures;
      },
    },
  ];
  const sliceOf = async (classify: typeof stubborn) =>
    Promise.all(
      pictures.map(async (one) => judgedSlice('set', one, (await classify([one.image]))[0] as SlicePrediction)),
    );
  const sample = pictures.map(({ image }) => image);

  it('are computed for an equivariant recogniser, and equal to those that are recognised', async () => {
    const slices = await sliceOf(equivariant);
    const { by, copyOf } = await turnedCopies(sources, { slices, sample }, { classify: equivariant, wanted: true });
    expect(by).toBe('permuting');
    const recognised = await recognisedCopies(sources, slices, equivariant);
    for (const slice of slices) {
      for (const code of ORIENTATION_CODES) {
        const [computed, seen] = [copyOf(slice, code), recognised(slice, code)];
        expect(computed.named).toBe(seen.named);
        expect(computed.probability).toBeCloseTo(seen.probability, 9);
        expect(computed.plane).toEqual(seen.plane);
        expect(computed.truth).toEqual({ ...slice.truth, code: compose('010', code) });
        expect(computed.verdict).toBe(slice.verdict);
      }
    }
  });

  it('are recognised one by one for any other', async () => {
    const slices = await sliceOf(stubborn);
    const { by, copyOf } = await turnedCopies(sources, { slices, sample }, { classify: stubborn, wanted: true });
    expect(by).toBe('recognising');
    const verdicts = ORIENTATION_CODES.map((code) => copyOf(slices[0] as (typeof slices)[number], code).verdict);
    // Right as it is stored, and for no turned copy but where the quarter turn is towards the true angle.
    expect(verdicts[0]).toBe('right');
    expect(verdicts.slice(1)).not.toContain('right');
    expect(permutedCopy(slices[0] as (typeof slices)[number], '011').named).not.toBe('010');
  });

  it('are not made where nobody wants them', async () => {
    const slices = await sliceOf(stubborn);
    expect(await turnedCopies(sources, { slices, sample }, { classify: stubborn, wanted: false })).toMatchObject({
      consistency: { exact: false },
    });
  });
});
