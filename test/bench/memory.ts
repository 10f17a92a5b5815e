import { readFileSync } from 'node:fs';

const SAMPLE_EVERY_MS = 25;
const PAGE_BYTES = 4096;

/** Watches the resident memory of a process and everything that it started, added up. */
export class MemoryWatch {
  readonly #pid: number;
  #peak = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), SAMPLE_EVERY_MS);
  }

  /** Megabytes, the greatest sum since the last call. */
  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    const peak = this.#peak;
    this.#peak = 0;
    return peak / 1e6;
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, residentBytes(this.#pid));
  }
}

/** Linux only, as the peers are; a process that ended meanwhile counts nothing. */
function residentBytes(pid: number): number {
  try {
    const own = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    return (
      own + (children === '' ? 0 : children.split(' ').reduce((sum, child) => sum + residentBytes(Number(child)), 0))
    );
  } catch {
    return 0;
  }
}
