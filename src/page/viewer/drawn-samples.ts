import type { Picture } from '../../api/series-detail.ts';
import type { LookupTable } from '../../core/rendering/lookup-table.ts';
import { levelOf, type ValueOfInterest, type Window } from '../../core/rendering/value-of-interest.ts';

/** Values that are shown from black to white, both included. */
export interface ValueRange {
  readonly lower: number;
  readonly upper: number;
}

/**
 * A picture ready to be drawn: whole numbers from 0, for which a window is nothing but a straight line. A sample's
 * value is sample · slope + intercept. Values are what Window Center and Width are about; where the header has a table
 * or a sigmoid instead, they are the levels 0 … 255 which that gives.
 */
export interface DrawnSamples {
  readonly rows: number;
  readonly columns: number;
  readonly samples: Uint16Array;
  /** Never negative. */
  readonly slope: number;
  readonly intercept: number;
  readonly values: 'rescaled' | 'levels';
  /** As the header wishes; without a wish, from the least to the greatest value. */
  readonly initial: ValueRange;
  /** MONOCHROME1: the least value is white. */
  readonly inverted: boolean;
}

type Rendering = Pick<
  Picture,
  'rows' | 'columns' | 'sample' | 'slope' | 'intercept' | 'window' | 'voiLut' | 'photometric'
>;

const GREATEST_SAMPLE = 0xffff;
const GREATEST_LEVEL = 255;

/** @param bytes of one frame, little endian. @throws RangeError where they are too few */
export function drawnSamples(picture: Rendering, bytes: ArrayBuffer): DrawnSamples {
  const { rows, columns, photometric } = picture;
  const stored = storedSamples(picture, bytes);
  const voi = curveOf(picture);
  const drawn = voi === undefined ? straight(picture, stored) : throughCurve(picture, stored, voi);
  return { rows, columns, inverted: photometric === 'MONOCHROME1', ...drawn };
}

/** Grey levels from 0, black, to 255, white: the arithmetic of every place that draws. */
export function greyLevels(drawn: DrawnSamples, range: ValueRange = drawn.initial): Uint8ClampedArray<ArrayBuffer> {
  const { lower, upper } = sampleRange(drawn, range);
  const levels = new Uint8ClampedArray(drawn.samples.length);
  for (const [i, sample] of drawn.samples.entries()) {
    const level = Math.min(Math.max(((sample - lower) / (upper - lower)) * GREATEST_LEVEL, 0), GREATEST_LEVEL);
    levels[i] = drawn.inverted ? GREATEST_LEVEL - level : level;
  }
  return levels;
}

/** The range of samples that a range of values is. */
export function sampleRange({ slope, intercept }: DrawnSamples, { lower, upper }: ValueRange): ValueRange {
  return { lower: (lower - intercept) / slope, upper: (upper - intercept) / slope };
}

type Stored = Uint8Array | Int8Array | Uint16Array | Int16Array | Float32Array;

function storedSamples({ rows, columns, sample }: Rendering, bytes: ArrayBuffer): Stored {
  const count = rows * columns;
  const view = new DataView(bytes);
  switch (sample) {
    case 'uint8':
      return new Uint8Array(bytes, 0, count);
    case 'int8':
      return new Int8Array(bytes, 0, count);
    case 'uint16':
      return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, true));
    case 'int16':
      return Int16Array.from({ length: count }, (_, i) => view.getInt16(2 * i, true));
    case 'float32':
      return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
    default:
      return sample satisfies never;
  }
}

/** What cannot be drawn as a straight line. */
function curveOf({ voiLut, window }: Rendering): ValueOfInterest | undefined {
  if (voiLut !== null) return { kind: 'table', table: tableOf(voiLut) };
  return window?.function === 'SIGMOID' ? { kind: 'window', window } : undefined;
}

function tableOf({ firstMapped, bits, values }: NonNullable<Picture['voiLut']>): LookupTable {
  const greatest = 2 ** Math.min(Math.max(bits, 8), 16) - 1;
  return { first: firstMapped, entries: Uint16Array.from(values), greatest };
}

type Drawn = Omit<DrawnSamples, 'rows' | 'columns' | 'inverted'>;

function throughCurve({ slope, intercept }: Rendering, stored: Stored, voi: ValueOfInterest): Drawn {
  const level = levelOf(voi);
  const step = GREATEST_SAMPLE / GREATEST_LEVEL;
  const samples = Uint16Array.from(stored, (sample) => {
    const value = level(sample * slope + intercept);
    return Math.round(Math.min(Math.max(value, 0), GREATEST_LEVEL) * step);
  });
  const initial = { lower: 0, upper: GREATEST_LEVEL };
  return { samples, slope: 1 / step, intercept: 0, values: 'levels', initial };
}

/** Samples of at most 16 bits stay exact; floats are told apart in 65536 steps between the least and the greatest. */
function straight(picture: Rendering, stored: Stored): Drawn {
  const { least, greatest } = rangeOf(stored);
  const step = stored instanceof Float32Array && greatest > least ? (greatest - least) / GREATEST_SAMPLE : 1;
  // Counted from the value that rescaling makes the smallest, so that larger is always brighter.
  const falls = picture.slope < 0;
  const origin = falls ? greatest : least;
  const samples = Uint16Array.from(stored, (sample) =>
    Number.isFinite(sample) ? Math.round(Math.abs(sample - origin) / step) : 0,
  );
  const intercept = origin * picture.slope + picture.intercept;
  // A slope of 0 makes all values one: any slope tells them as well.
  const slope = Math.abs(picture.slope) * step || 1;
  const initial =
    picture.window === null
      ? { lower: intercept, upper: intercept + (greatest - least) * Math.abs(picture.slope) }
      : rangeOfWindow(picture.window);
  return { samples: picture.slope === 0 ? samples.fill(0) : samples, slope, intercept, values: 'rescaled', initial };
}

function rangeOf(stored: Stored): { least: number; greatest: number } {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const sample of stored) {
    if (!Number.isFinite(sample)) continue;
    if (sample < least) least = sample;
    if (sample > greatest) greatest = sample;
  }
  return least > greatest ? { least: 0, greatest: 0 } : { least, greatest };
}

/** The ends of a straight window (PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2). */
function rangeOfWindow({ center, width, function: shape }: Window): ValueRange {
  if (shape === 'LINEAR_EXACT') return { lower: center - width / 2, upper: center + width / 2 };
  return { lower: center - 0.5 - (width - 1) / 2, upper: center - 0.5 + (width - 1) / 2 };
}
