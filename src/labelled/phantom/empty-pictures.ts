import type { GreyImage } from '../../core/pixels/grey-image.ts';
import type { SeededRandom } from '../../phantom/random.ts';
import type { LabelledPicture } from '../labelled-picture.ts';
import { logUniform, pick } from './scan.ts';

const GREATEST_VALUE = 4095;
const LEAST_PIXELS = 64;
const MOST_PIXELS = 160;
/** From fine grain to blobs as large as a heart. */
const OCTAVES = [1, 2, 4, 8, 16, 32] as const;

/** A picture of nothing: blank or nearly so, or noise of any spectrum. It lies nowhere. */
export function emptyPicture(
  { subject, series, quality }: { subject: string; series: string; quality: 'blank' | 'noise' },
  random: SeededRandom,
): LabelledPicture {
  const size = {
    rows: Math.round(random.uniform(LEAST_PIXELS, MOST_PIXELS)),
    columns: Math.round(random.uniform(LEAST_PIXELS, MOST_PIXELS)),
  };
  const spacing = random.uniform(1.2, 3);
  const samples =
    quality === 'blank' ? blank(size, random) : pick(random, [grain, clouds, patches, ripples])(size, random);
  return {
    file: `${series}/0`,
    subject,
    series,
    position: '0',
    phase: '',
    kind: 'other',
    code: undefined,
    shortAxis: false,
    nearBorder: undefined,
    quality,
    angleDegrees: undefined,
    image: { ...size, rowSpacingMm: spacing, columnSpacingMm: spacing, samples },
    plane: undefined,
    masks: {},
  };
}

type Size = Pick<GreyImage, 'rows' | 'columns'>;

/** One value, in half of the cases with a few samples that are not: a defect, not a structure. */
function blank({ rows, columns }: Size, random: SeededRandom): Float32Array {
  const samples = new Float32Array(rows * columns).fill(random.next() < 0.5 ? 0 : stored(random.next()));
  const defects = random.next() < 0.5 ? 0 : Math.floor(random.uniform(1, 12));
  for (let i = 0; i < defects; i++) samples[Math.floor(random.next() * samples.length)] = stored(random.next());
  return samples;
}

/** As a magnitude picture of air is. */
function grain({ rows, columns }: Size, random: SeededRandom): Float32Array {
  const level = random.uniform(0.01, 0.2);
  return Float32Array.from({ length: rows * columns }, () =>
    stored(level * Math.hypot(random.normal(0, 1, 4), random.normal(0, 1, 4))),
  );
}

/** Lattices of chance values, from fine to coarse, weighted by a power of their scale. */
function clouds(size: Size, random: SeededRandom): Float32Array {
  return stretched(cloudField(size, random));
}

/** Clouds cut at one value: sharp borders between two levels. */
function patches(size: Size, random: SeededRandom): Float32Array {
  const field = cloudField(size, random);
  const [low, high] = [random.uniform(0, 0.4), random.uniform(0.5, 1)];
  return field.map((value) => stored((value > 0 ? high : low) + random.normal(0, 0.02)));
}

/** A spike in k-space: stripes through the whole picture, with some grain. */
function ripples({ rows, columns }: Size, random: SeededRandom): Float32Array {
  const waves = Array.from({ length: Math.floor(random.uniform(1, 4)) }, () => ({
    x: random.uniform(-1, 1) / logUniform(random, 1, 12),
    y: random.uniform(-1, 1) / logUniform(random, 1, 12),
    shift: random.uniform(0, 2 * Math.PI),
  }));
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns)];
    const sum = waves.reduce((total, wave) => total + Math.sin(wave.x * x + wave.y * y + wave.shift), 0);
    return stored(0.5 + (0.3 * sum) / waves.length + random.normal(0, 0.05));
  });
}

/** About zero. */
function cloudField({ rows, columns }: Size, random: SeededRandom): Float32Array {
  const field = new Float32Array(rows * columns);
  const power = random.uniform(-1, 1.5);
  for (const cell of OCTAVES) {
    const across = Math.ceil(columns / cell) + 1;
    const lattice = Float32Array.from({ length: across * (Math.ceil(rows / cell) + 1) }, () => random.uniform(-1, 1));
    for (let i = 0; i < field.length; i++) {
      const [x, y] = [(i % columns) / cell, Math.floor(i / columns) / cell];
      const at = Math.floor(y) * across + Math.floor(x);
      const [right, down] = [x % 1, y % 1];
      const above = lattice[at]! * (1 - right) + lattice[at + 1]! * right;
      const below = lattice[at + across]! * (1 - right) + lattice[at + across + 1]! * right;
      field[i] = field[i]! + (above * (1 - down) + below * down) * cell ** power;
    }
  }
  return field;
}

function stretched(field: Float32Array): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of field) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return field.map((value) => stored((value - low) / (high - low)));
}

/** 0 … 1 as a stored value. */
function stored(part: number): number {
  return Math.round(GREATEST_VALUE * Math.min(1, Math.max(0, part)));
}
