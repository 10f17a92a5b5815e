import type { Picture } from '../../api/series-detail.ts';

/** One picture as received, and what leaves of it. */
export interface PicturePair {
  readonly received: Picture;
  /** Of the result that stands; undefined where there is none. */
  readonly result: Picture | undefined;
}

/** The pictures of a series by slice position and phase, in order; a slice without pictures is not in it. */
export type PictureGrid = readonly (readonly PicturePair[])[];

interface Pictures {
  readonly received: readonly Picture[];
  readonly result: readonly Picture[] | null;
}

/** @param pairs SOP Instance UIDs that belong together: a result may run the other way along its normal */
export function pictureGrid(
  { received, result }: Pictures,
  pairs: readonly { readonly received: string; readonly derived: string }[],
): PictureGrid {
  const results = new Map((result ?? []).map((picture) => [picture.sopInstanceUid, picture]));
  const derivedOf = new Map(pairs.map(({ received: source, derived }) => [source, derived]));
  const slices = new Map<number, PicturePair[]>();
  for (const picture of [...received].sort((one, other) => one.slice - other.slice || one.phase - other.phase)) {
    const pair = { received: picture, result: results.get(derivedOf.get(picture.sopInstanceUid) ?? '') };
    slices.set(picture.slice, [...(slices.get(picture.slice) ?? []), pair]);
  }
  return [...slices.values()];
}

export interface Place {
  readonly slice: number;
  readonly phase: number;
}

/** The pair at a place, or at the last phase of a slice that has fewer. */
export function pairAt(grid: PictureGrid, { slice, phase }: Place): PicturePair | undefined {
  const phases = grid[Math.min(slice, grid.length - 1)];
  return phases?.[Math.min(phase, phases.length - 1)];
}

/** Middle of the stack, first phase: most of the heart is there. */
export function middlePlace(grid: PictureGrid): Place {
  return { slice: Math.floor(grid.length / 2), phase: 0 };
}

const DEFAULT_BEAT_MS = 1000;
const LEAST_INTERVAL_MS = 1000 / 60;
const GREATEST_INTERVAL_MS = 500;

/**
 * Milliseconds from one phase to the next, as they were acquired: the mean step of the trigger times; without them,
 * one beat in a second.
 */
export function phaseIntervalMs(slice: readonly PicturePair[]): number {
  const times = slice.map(({ received }) => received.triggerTimeMs).filter((time) => time !== null);
  const span = Math.max(...times) - Math.min(...times);
  const known = times.length > 1 && times.length === slice.length && span > 0;
  const interval = known ? span / (times.length - 1) : DEFAULT_BEAT_MS / Math.max(slice.length, 1);
  return Math.min(Math.max(interval, LEAST_INTERVAL_MS), GREATEST_INTERVAL_MS);
}
