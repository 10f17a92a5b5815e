import { type DiskSample, hoursUntilFull, withSample } from '../../core/retention/disk-forecast.ts';

/** With fewer hours left, health says so. */
export const WARN_HOURS = 24;

/** What is known of the disk. */
export interface DiskState {
  readonly freeBytes: number;
  /** At the rate of the last 24 hours; null: not in sight, or not watched for an hour yet. */
  readonly fullInHours: number | null;
}

/** Looks at the free space now and then, and tells when there will be none. */
export class DiskWatch {
  readonly #free: () => Promise<number>;
  readonly #reserveBytes: number;
  readonly #now: () => number;
  #samples: readonly DiskSample[] = [];

  /** @param parts.free bytes; @param parts.reserveBytes with less nothing more is accepted */
  constructor(parts: {
    readonly free: () => Promise<number>;
    readonly reserveBytes: number;
    readonly now: () => number;
  }) {
    this.#free = parts.free;
    this.#reserveBytes = parts.reserveBytes;
    this.#now = parts.now;
  }

  /** Takes a sample. @throws NodeError storage-failed */
  async look(): Promise<DiskState> {
    const freeBytes = await this.#free();
    this.#samples = withSample(this.#samples, { at: this.#now(), freeBytes });
    return { freeBytes, fullInHours: hoursUntilFull(this.#samples, this.#reserveBytes) };
  }

  /** As it is now, by the samples that were taken. @throws NodeError storage-failed */
  async state(): Promise<DiskState> {
    const freeBytes = await this.#free();
    const samples = withSample(this.#samples, { at: this.#now(), freeBytes });
    return { freeBytes, fullInHours: hoursUntilFull(samples, this.#reserveBytes) };
  }
}
