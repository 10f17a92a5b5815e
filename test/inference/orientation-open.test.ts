import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose, ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import type { GreyImage } from '../../src/core/pixels/grey-image.ts';
import { type ModelManifest, readModelManifest, readModelWeights } from '../../src/inference/model-manifest.ts';
import { type OrientationSession, openOrientationSession } from '../../src/inference/orientation-session.ts';
import { turnedImage } from '../support/turned-image.ts';

const FOLDER = fileURLToPath(new URL('../../models/orientation-open', import.meta.url));

let manifest: ModelManifest;
let session: OrientationSession;
beforeAll(async () => {
  manifest = await readModelManifest(FOLDER);
  // Opening it also proves the reference outputs.
  session = await openOrientationSession(manifest, await readModelWeights(manifest), { provider: 'cpu', threads: 1 });
});
afterAll(() => session.close());

/** Overlapping bright discs, which no turn or mirror leaves as they are. */
function discs(size: Omit<GreyImage, 'samples'>): GreyImage {
  const { rows, columns, rowSpacingMm, columnSpacingMm } = size;
  const samples = Float32Array.from({ length: rows * columns }, (_, index) => {
    const x = ((index % columns) + 0.5 - columns / 2) * columnSpacingMm;
    const y = (Math.floor(index / columns) + 0.5 - rows / 2) * rowSpacingMm;
    const disc = (cx: number, cy: number, radius: number) => (Math.hypot(x - cx, y - cy) < radius ? 1 : 0);
    const value = 90 * disc(10, 5, 90) + 300 * disc(0, 0, 25) + 260 * disc(-38, -6, 22) + 150 * disc(30, 60, 35);
    return value + ((index * 7919) % 37);
  });
  return { ...size, samples };
}

describe('the model orientation-open', () => {
  test('is the one that its manifest describes', () => {
    expect(manifest).toMatchObject({ name: 'orientation-open', formatVersion: 2 });
    expect(manifest.reference.length).toBeGreaterThanOrEqual(2);
  });

  test.each([
    { rows: 256, columns: 256, rowSpacingMm: 1.4, columnSpacingMm: 1.4 },
    { rows: 161, columns: 208, rowSpacingMm: 1.77, columnSpacingMm: 1.77 },
    { rows: 192, columns: 143, rowSpacingMm: 1.3, columnSpacingMm: 1.9 },
  ])('turning a picture of $rows × $columns permutes its probabilities exactly by the group', async (size) => {
    const image = discs(size);
    const [original, ...turned] = await session.run([
      image,
      ...ORIENTATION_CODES.map((code) => turnedImage(image, code)),
    ]);
    for (const [index, code] of ORIENTATION_CODES.entries()) {
      for (const [label, was] of ORIENTATION_CODES.entries()) {
        const now = turned[index]?.probabilities[ORIENTATION_CODES.indexOf(compose(was, code))];
        expect(Math.abs((now as number) - (original?.probabilities[label] as number))).toBeLessThan(1e-5);
      }
      expect(Math.abs((turned[index]?.sax as number) - (original?.sax as number))).toBeLessThan(1e-5);
    }
  });
});
