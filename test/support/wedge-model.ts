import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ORIENTATION_CODES, type OrientationCode } from '../../src/core/orientation/d4.ts';
import type { GreyImage } from '../../src/core/pixels/grey-image.ts';
import { referenceInput } from '../../src/inference/reference-input.ts';
import { floats, input, integers, model, node, output } from './onnx-encoding.ts';
import { turnedImage } from './turned-image.ts';

const SIZE = 64;
const GAIN = 60;
/** Not in the order of the codes, so that a reader who ignores it is found out. */
const LABELS: readonly OrientationCode[] = ['011', '000', '110', '101', '001', '111', '010', '100'];

/** Further heads: each number is the mean brightness times one of these. */
const BY_BRIGHTNESS = {
  angle_degrees: [-80, 40, -60, 20, -20, 60, 175, 80],
  kind_logits: [3, -1, 0.5],
  quality_logits: [4, 1, 0, -1, -2],
};
/** What a manifest says of them. */
export const MORE_HEADS = {
  outputs: { angleDegrees: 'angle_degrees', kindLogits: 'kind_logits', qualityLogits: 'quality_logits' },
  kinds: ['cine', 'LGE', 'T2'],
  qualities: ['heart', 'beyond-base', 'beyond-apex', 'blank', 'noise'],
} as const;

/**
 * A picture whose right side, a little below the middle, holds a bright wedge: the eight turns of it are eight wedges
 * that do not overlap, at every size and crop.
 */
export function wedgeImage(
  size: Omit<GreyImage, 'samples'>,
  brightness = { wedge: 900, background: 100 },
): GreyImage & { readonly samples: Float32Array } {
  const { rows, columns, rowSpacingMm, columnSpacingMm } = size;
  const samples = Float32Array.from({ length: rows * columns }, (_, index) => {
    const x = ((index % columns) + 0.5 - columns / 2) * columnSpacingMm;
    const y = (Math.floor(index / columns) + 0.5 - rows / 2) * rowSpacingMm;
    const degrees = (Math.atan2(y, x) * 180) / Math.PI;
    return degrees > 5 && degrees < 40 ? brightness.wedge : brightness.background;
  });
  return { ...size, samples };
}

/** Pixel × label: each column is the wedge as its code turns it. */
function templates(): Float32Array {
  const size = { rows: SIZE, columns: SIZE, rowSpacingMm: 1, columnSpacingMm: 1 };
  const standard = wedgeImage(size, { wedge: 1, background: 0 });
  const total = standard.samples.reduce((sum, value) => sum + value, 0);
  const turned = LABELS.map((code) => turnedImage(standard, code).samples);
  return Float32Array.from({ length: SIZE * SIZE * LABELS.length }, (_, index) => {
    const pixel = Math.floor(index / LABELS.length);
    return ((turned[index % LABELS.length] as Float32Array)[pixel] as number) * (GAIN / total);
  });
}

function referenceOf(seed: number, weights: Float32Array) {
  const picture = referenceInput(seed, SIZE);
  const scores = LABELS.map((_, label) =>
    picture.reduce((sum, value, pixel) => sum + value * (weights[pixel * LABELS.length + label] as number), 0),
  );
  const logSum = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
  const brightness = picture.reduce((sum, value) => sum + value, 0) / SIZE ** 2;
  const more = Object.entries(BY_BRIGHTNESS).map(([name, factors]) => [name, factors.map((one) => one * brightness)]);
  return {
    seed,
    outputs: {
      log_probabilities: scores.map((score) => score - logSum),
      sax_logit: [brightness],
      ...(Object.fromEntries(more) as Record<keyof typeof BY_BRIGHTNESS, number[]>),
    },
  };
}

/** The weights of a model that compares a picture with the eight turned wedges; its SAX logit is the mean brightness. */
function wedgeWeights(weights: Float32Array): Uint8Array {
  return model([
    node('Reshape', { inputs: ['image', 'flat_shape'], output: 'flat' }),
    node('MatMul', { inputs: ['flat', 'templates'], output: 'scores' }),
    node('LogSoftmax', { inputs: ['scores'], output: 'log_probabilities', axis: 1 }),
    node('MatMul', { inputs: ['flat', 'mean'], output: 'column' }),
    node('Reshape', { inputs: ['column', 'vector_shape'], output: 'sax_logit' }),
    ...Object.keys(BY_BRIGHTNESS).map((name) =>
      node('MatMul', { inputs: ['column', `${name}_factors`], output: name }),
    ),
    integers('flat_shape', [-1, SIZE * SIZE]),
    integers('vector_shape', [-1]),
    floats('templates', [SIZE * SIZE, LABELS.length], weights),
    floats('mean', [SIZE * SIZE, 1], new Float32Array(SIZE * SIZE).fill(1 / SIZE ** 2)),
    ...Object.entries(BY_BRIGHTNESS).map(([name, factors]) =>
      floats(`${name}_factors`, [1, factors.length], Float32Array.from(factors)),
    ),
    input('image', ['N', 1, SIZE, SIZE]),
    output('log_probabilities', ['N', LABELS.length]),
    output('sax_logit', ['N']),
    ...Object.entries(BY_BRIGHTNESS).map(([name, factors]) => output(name, ['N', factors.length])),
  ]);
}

function wedgeManifest(model: Uint8Array, weights: Float32Array) {
  return {
    formatVersion: 2,
    name: 'wedge',
    version: '1',
    file: 'model.onnx',
    sha256: createHash('sha256').update(model).digest('hex'),
    licence: 'Apache-2.0',
    trainedOn: [],
    input: { name: 'image', size: SIZE, gridSize: 128, percentiles: [1, 99.5], crops: [0.75, 0.6, 0.5] },
    outputs: { logProbabilities: 'log_probabilities', saxLogit: 'sax_logit' },
    labels: LABELS,
    calibration: { temperature: 2, saxScale: 8, saxOffset: 1 },
    pooling: { correlation: 4 },
    reference: [1, 2].map((seed) => referenceOf(seed, weights)),
  };
}

/** Writes the wedge model into a folder; `change` may spoil its manifest. */
export async function writeWedgeModel(
  folder: string,
  change: (manifest: ReturnType<typeof wedgeManifest>) => object = (manifest) => manifest,
): Promise<string> {
  const weights = templates();
  const onnx = wedgeWeights(weights);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), onnx);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(change(wedgeManifest(onnx, weights)), null, 2));
  return folder;
}

export function mostLikely(probabilities: readonly number[]): OrientationCode {
  return ORIENTATION_CODES[probabilities.indexOf(Math.max(...probabilities))] as OrientationCode;
}
