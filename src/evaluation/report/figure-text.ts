import type { Interval, Proportion } from '../intervals.ts';

/** Written where nothing was measured. */
export const NOTHING = '–';

/** In percent; what is not everything is never written as 100, nor what is not nothing as 0. */
export function percent(share: number | undefined): string {
  if (share === undefined) return NOTHING;
  const text = (100 * share).toFixed(1);
  if ((text === '100.0' && share < 1) || (text === '0.0' && share > 0)) return (100 * share).toFixed(3);
  return text === '100.0' ? '100' : text === '0.0' ? '0' : text;
}

/** As a fraction, for errors and probabilities. */
export function fraction(value: number | undefined, digits = 3): string {
  return value === undefined ? NOTHING : value.toFixed(digits);
}

export function degrees(value: number | undefined): string {
  return value === undefined ? NOTHING : `${value.toFixed(1)}°`;
}

export function milliseconds(value: number): string {
  return `${value.toFixed(2)} ms`;
}

function range(interval: Interval | undefined): string {
  return interval === undefined ? NOTHING : `${percent(interval[0])}–${percent(interval[1])}`;
}

/** Both intervals: as if items were independent; whole subjects drawn anew, where that gives any spread. */
export function intervals({ wilson, bySubject }: Proportion): string {
  const spread = bySubject !== undefined && bySubject[0] < bySubject[1];
  return spread ? `${range(wilson)}; ${range(bySubject)}` : range(wilson);
}

/** 98.2 % (55 of 56) */
export function shareText({ value, hits, n }: Proportion): string {
  return n === 0 ? NOTHING : `${percent(value)} % (${hits} of ${n})`;
}
