import type { GreySamples } from './grey-image.ts';
import { type StoredKeys, storedKeys } from './stored-keys.ts';

/** The values of a picture at two percentiles. */
export interface PercentileWindow {
  readonly lower: number;
  readonly upper: number;
}

const BINS = 1 << 16;
const EXPONENT = 0x7f800000;
// One block for all calls: clearing it is cheaper than allocating it for every slice.
const counts = new Uint32Array(BINS);

/**
 * The linearly interpolated percentiles of all samples, as numpy.percentile gives them. Samples that are not finite
 * count as the smallest finite one. Undefined where no sample is finite.
 *
 * The order statistics are found by counting, not by sorting.
 */
export function percentileWindow(
  samples: GreySamples,
  percentiles: readonly [number, number],
): PercentileWindow | undefined {
  const places = percentiles.map((percentile) => (percentile / 100) * (samples.length - 1));
  const ranks = places.flatMap((place) => [Math.floor(place), Math.min(samples.length - 1, Math.floor(place) + 1)]);
  const keys = storedKeys(samples);
  const values = keys === undefined ? floatsAtRanks(samples as Float32Array, ranks) : storedValuesAtRanks(keys, ranks);
  if (values === undefined) return undefined;
  const [lower, upper] = places.map((place, index) => {
    const below = values[2 * index] as number;
    const above = values[2 * index + 1] as number;
    return below + (above - below) * (place - Math.floor(place));
  });
  return { lower: lower as number, upper: upper as number };
}

/** The values at zero-based ranks, in one reading: every stored value of 16 bits has a bin of its own. */
function storedValuesAtRanks({ raw, flip }: StoredKeys, ranks: readonly number[]): number[] {
  counts.fill(0);
  // No key is smaller than what all have in common.
  let common = BINS - 1;
  for (let i = 0; i < raw.length; i++) {
    const key = (raw[i] as number) ^ flip;
    common &= key;
    counts[key] = (counts[key] as number) + 1;
  }
  return binsOfRanks(ranks, common).map(({ bin }) => bin - flip);
}

/**
 * The values at zero-based ranks of any floats; undefined where none is finite. The bits of a float, with the sign
 * folded in, are in the order of its value, so that their upper and then their lower half lead to any rank.
 */
function floatsAtRanks(samples: Float32Array, ranks: readonly number[]): number[] | undefined {
  const bits = new Int32Array(samples.buffer, samples.byteOffset, samples.length);
  const finite = countUpperHalves(bits);
  if (finite === 0) return undefined;
  const notFinite = samples.length - finite;
  const finiteRanks = ranks.map((rank) => Math.max(0, rank - notFinite));
  const uppers = binsOfRanks(finiteRanks);
  const values = new Map<number, number>();
  for (const upper of new Set(uppers.map(({ bin }) => bin))) {
    countLowerHalves(bits, upper);
    for (const [index, rank] of finiteRanks.entries()) {
      const place = uppers[index] as Bin;
      if (place.bin !== upper) continue;
      const [lower] = binsOfRanks([rank - place.before]);
      values.set(rank, valueOfKey(((upper << 16) | (lower as Bin).bin) >>> 0));
    }
  }
  return finiteRanks.map((rank) => values.get(rank) as number);
}

/** An unsigned number in the order of the float that `bits` is. */
function orderedKey(bits: number): number {
  return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}

function valueOfKey(key: number): number {
  const bits = key >= 0x80000000 ? key ^ 0x80000000 : ~key;
  return new Float32Array(new Int32Array([bits]).buffer)[0] as number;
}

/** Leaves in `counts` how many finite samples have each upper half, and returns how many there are in all. */
function countUpperHalves(bits: Int32Array): number {
  counts.fill(0);
  let finite = 0;
  for (let i = 0; i < bits.length; i++) {
    const sample = bits[i] as number;
    if ((sample & EXPONENT) === EXPONENT) continue;
    const bin = (sample ^ ((sample >> 31) | 0x80000000)) >>> 16;
    counts[bin] = (counts[bin] as number) + 1;
    finite++;
  }
  return finite;
}

interface Bin {
  readonly bin: number;
  /** How many samples lie in the bins before. */
  readonly before: number;
}

/**
 * The bins of `counts` that hold the samples of some ranks, each below the number of samples counted. The bins below
 * `first` are empty.
 */
function binsOfRanks(ranks: readonly number[], first = 0): Bin[] {
  let bin = first;
  let before = 0;
  return ranks.map((rank) => {
    if (rank < before) {
      bin = first;
      before = 0;
    }
    while (rank >= before + (counts[bin] as number)) {
      before += counts[bin] as number;
      bin++;
    }
    return { bin, before };
  });
}

function countLowerHalves(bits: Int32Array, upper: number): void {
  counts.fill(0);
  for (let i = 0; i < bits.length; i++) {
    const key = orderedKey(bits[i] as number);
    if (key >>> 16 !== upper) continue;
    const bin = key & 0xffff;
    counts[bin] = (counts[bin] as number) + 1;
  }
}
