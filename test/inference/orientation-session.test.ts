import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose, ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { readModelManifest, readModelWeights } from '../../src/inference/model-manifest.ts';
import { openOrientationSession } from '../../src/inference/orientation-session.ts';
import { turnedImage } from '../support/turned-image.ts';
import { MORE_HEADS, mostLikely, wedgeImage, writeWedgeModel } from '../support/wedge-model.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orientation-session-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function openWedge(change?: Parameters<typeof writeWedgeModel>[1], provider = 'cpu') {
  const manifest = await readModelManifest(await writeWedgeModel(folder, change));
  return openOrientationSession(manifest, await readModelWeights(manifest), { provider, threads: 1 });
}

describe('openOrientationSession', () => {
  test('tells what was done to a picture, through the label order of the manifest', async () => {
    const session = await openWedge();
    const standard = wedgeImage({ rows: 90, columns: 121, rowSpacingMm: 1.9, columnSpacingMm: 1.3 });
    const predictions = await session.run(ORIENTATION_CODES.map((code) => turnedImage(standard, code)));
    expect(predictions.map(({ probabilities }) => mostLikely(probabilities))).toEqual(ORIENTATION_CODES);
    for (const { probabilities } of predictions) expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    await session.close();
  });

  test('turning a picture permutes its probabilities by the group and leaves its SAX score', async () => {
    const session = await openWedge();
    const image = wedgeImage({ rows: 64, columns: 77, rowSpacingMm: 1.1, columnSpacingMm: 1.4 });
    const grainy = { ...image, samples: image.samples.map((sample, i) => sample + ((i * 7919) % 541)) };
    const [original, ...turned] = await session.run([
      grainy,
      ...ORIENTATION_CODES.map((code) => turnedImage(grainy, code)),
    ]);
    for (const [index, code] of ORIENTATION_CODES.entries()) {
      for (const [label, was] of ORIENTATION_CODES.entries()) {
        const now = ORIENTATION_CODES.indexOf(compose(was, code));
        expect(turned[index]?.probabilities[now]).toBeCloseTo(original?.probabilities[label] as number, 5);
      }
      expect(turned[index]?.sax).toBeCloseTo(original?.sax as number, 5);
    }
    await session.close();
  });

  test('gives the same for pictures one by one and for more than a batch of them', async () => {
    const session = await openWedge();
    const images = Array.from({ length: 23 }, (_, i) => {
      const image = wedgeImage({ rows: 40 + i, columns: 60, rowSpacingMm: 1, columnSpacingMm: 1 });
      return turnedImage(image, ORIENTATION_CODES[i % 8] ?? '000');
    });
    const together = await session.run(images);
    for (const [index, image] of images.entries()) {
      const [alone] = await session.run([image]);
      expect(together[index]?.sax).toBeCloseTo(alone?.sax as number, 6);
      expect(mostLikely(together[index]?.probabilities as number[])).toBe(ORIENTATION_CODES[index % 8]);
    }
    await session.close();
  });

  test('tells angle, kind and quality where the model has the heads, and proves them too', async () => {
    const withHeads = (change: object = {}) =>
      openWedge((manifest) => ({
        ...manifest,
        ...MORE_HEADS,
        outputs: { ...manifest.outputs, ...MORE_HEADS.outputs },
        ...change,
      }));
    const session = await withHeads();
    const image = wedgeImage({ rows: 90, columns: 90, rowSpacingMm: 1.9, columnSpacingMm: 1.9 });
    const [first, second] = await session.run([image, turnedImage(image, '101')]);
    // The fraction of the picture that is bright, times the factors of 000 and 101.
    expect((first?.angleDegrees as number) / (second?.angleDegrees as number)).toBeCloseTo(2, 3);
    expect(Object.keys(first?.kind ?? {})).toEqual(MORE_HEADS.kinds);
    expect(Object.keys(first?.quality ?? {})).toEqual(MORE_HEADS.qualities);
    await session.close();
    const [reference] = (await readModelManifest(folder)).reference;
    const moved = (degrees: number) =>
      withHeads({
        reference: [
          {
            seed: 1,
            outputs: {
              ...reference?.outputs,
              angle_degrees: reference?.outputs['angle_degrees']?.map((angle) => angle + degrees),
            },
          },
        ],
      });
    await (await moved(360)).close();
    await expect(moved(0.1)).rejects.toThrow(/angle_degrees of seed 1/);
  });

  test('a model without a short-axis head gives no score', async () => {
    const session = await openWedge((manifest) => ({
      ...manifest,
      outputs: { logProbabilities: 'log_probabilities' },
      calibration: { temperature: 2 },
    }));
    const [prediction] = await session.run([
      wedgeImage({ rows: 40, columns: 40, rowSpacingMm: 1, columnSpacingMm: 1 }),
    ]);
    expect(prediction).not.toHaveProperty('sax');
    await session.close();
  });

  test('a model that does not compute its own reference outputs is invalid', async () => {
    const opened = openWedge((manifest) => ({
      ...manifest,
      reference: manifest.reference.map((each) => ({ ...each, outputs: { ...each.outputs, sax_logit: [0.502] } })),
    }));
    await expect(opened).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringMatching(/sax_logit of seed 1/),
    });
  });

  test('a manifest that names an input or output the model has not is invalid', async () => {
    const input = openWedge((manifest) => ({ ...manifest, input: { ...manifest.input, name: 'picture' } }));
    await expect(input).rejects.toThrow(/input\.name: the model has image, but no picture/);
    const output = openWedge((manifest) => ({
      ...manifest,
      outputs: { ...manifest.outputs, saxLogit: 'sax' },
      reference: manifest.reference.map(({ seed, outputs }) => ({ seed, outputs: { ...outputs, sax: [0.5] } })),
    }));
    await expect(output).rejects.toThrow(/outputs\.saxLogit/);
  });

  test('a provider that does not exist is unavailable', async () => {
    await expect(openWedge(undefined, 'abacus')).rejects.toMatchObject({ code: 'provider-unavailable' });
  });
});
