import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compose, ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { readModelManifest, readModelWeights } from '../../src/inference/model-manifest.ts';
import { openOrientationSession } from '../../src/inference/orientation-session.ts';
import { exportTensors } from '../../src/labelled/export-tensors.ts';
import { phantomPictures } from '../../src/labelled/phantom-pictures.ts';
import { requirePython } from '../support/python.ts';
import { turnedImage } from '../support/turned-image.ts';

const python = requirePython('torch', 'numpy', 'scipy');
const STUDY = 20;
const pictures = [...phantomPictures({ count: 3 * STUDY, seed: 'training' })];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'training-'));
  const { input } = await readModelManifest('models/orientation-open');
  const options = { name: 'phantoms', softwareVersion: '0', input, truth: 'labels', overwrite: false } as const;
  await exportTensors(pictures, { ...options, out: join(folder, 'tensors', 'phantoms') });
});
afterAll(() => rm(folder, { recursive: true }));

function program(name: string, ...words: string[]): void {
  const args = [
    '-B',
    '-W',
    'ignore',
    name,
    '--tensors',
    join(folder, 'tensors'),
    '--work',
    join(folder, 'work'),
    ...words,
  ];
  execFileSync(python as string, args, { cwd: 'models/training', stdio: ['ignore', 'ignore', 'pipe'] });
}

test.skipIf(python === undefined)(
  'what training exports is a model that the node opens, with every head, equivariant from the first step on',
  { timeout: 120_000 },
  async () => {
    program('train.py', '--steps', '5');
    program('export.py', '--out', join(folder, 'model'));
    const split = JSON.parse(await readFile(join(folder, 'work', 'split.json'), 'utf8'));
    expect(split.train.phantoms).toHaveLength(2);
    expect(split['held-out'].phantoms).toHaveLength(1);

    const manifest = await readModelManifest(join(folder, 'model'));
    expect(manifest).toMatchObject({ name: 'orientation-open', trainedOn: [expect.stringContaining('phantom')] });
    // Opening it proves that ONNX Runtime gives the reference outputs.
    const weights = await readModelWeights(manifest);
    const session = await openOrientationSession(manifest, weights, { provider: 'cpu', threads: 1 });
    const image = pictures[2]?.image;
    if (image === undefined) throw new RangeError('no picture');
    const [upright, ...turned] = await session.run([
      image,
      ...ORIENTATION_CODES.map((code) => turnedImage(image, code)),
    ]);
    await session.close();
    expect(Object.keys(upright ?? {}).sort()).toEqual(['angleDegrees', 'kind', 'probabilities', 'quality', 'sax']);
    for (const [index, code] of ORIENTATION_CODES.entries()) {
      for (const [label, was] of ORIENTATION_CODES.entries()) {
        const now = turned[index]?.probabilities[ORIENTATION_CODES.indexOf(compose(was, code))];
        expect(now).toBeCloseTo(upright?.probabilities[label] as number, 5);
      }
    }
  },
);
