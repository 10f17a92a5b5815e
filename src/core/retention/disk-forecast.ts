const HOUR_MS = 3_600_000;
/** The rate of less than this says nothing about a day. */
const LEAST_MS = HOUR_MS;
const WINDOW_MS = 24 * HOUR_MS;

/** How much room a disk had at a time. */
export interface DiskSample {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly freeBytes: number;
}

/**
 * In how many hours nothing more is accepted, if the disk goes on to fill as in the last 24 hours.
 * @param samples oldest first
 * @param reserveBytes free space at which nothing more is accepted
 * @returns null where it does not fill, or was watched for less than an hour
 */
export function hoursUntilFull(samples: readonly DiskSample[], reserveBytes: number): number | null {
  const last = samples.at(-1);
  if (last === undefined) return null;
  if (last.freeBytes <= reserveBytes) return 0;
  const first = samples.find(({ at }) => at >= last.at - WINDOW_MS && at <= last.at);
  if (first === undefined || last.at - first.at < LEAST_MS) return null;
  const filledBytes = first.freeBytes - last.freeBytes;
  if (filledBytes <= 0) return null;
  return ((last.freeBytes - reserveBytes) / filledBytes) * ((last.at - first.at) / HOUR_MS);
}

/** Those that still say something, and this one. */
export function withSample(samples: readonly DiskSample[], sample: DiskSample): readonly DiskSample[] {
  // A clock that was put back would make times that are still to come.
  return [...samples.filter(({ at }) => at >= sample.at - WINDOW_MS && at < sample.at), sample];
}
