import { cpus, loadavg } from 'node:os';
import { createClassifierInput } from '../core/pixels/classifier-input.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { type ModelManifest, readModelWeights } from '../inference/model-manifest.ts';
import { openOrientationSession } from '../inference/orientation-session.ts';
import { quantile } from './intervals.ts';
import type { Classify } from './judge-folders.ts';

/** Milliseconds for one slice, all heads. */
export interface RecogniserSpeed {
  readonly processor: string;
  readonly cores: number;
  /** Of the machine in the last minute: beyond the number of cores, others took time from what is measured. */
  readonly load: number;
  /** Slices that were timed. */
  readonly slices: number;
  /** Preprocessing and inference in this process, on one thread of the CPU: processor time, whatever else ran. */
  readonly processorTime: number;
  /** The same as time that passed. */
  readonly oneThread: { readonly p10: number; readonly median: number; readonly p90: number };
  /** Of that, making the network's input. */
  readonly preprocessing: { readonly median: number };
  /** Through the recognising process with the configured provider and threads, many at once: elapsed time by slice. */
  readonly throughProcess: { readonly mean: number; readonly provider: string };
}

const WARM_UP = 10;
const TIMED = 200;

/** @throws NodeError model-invalid, provider-unavailable */
export async function recogniserSpeed(
  pictures: readonly GreyImage[],
  { manifest, classify, provider }: { manifest: ModelManifest; classify: Classify; provider: string },
): Promise<RecogniserSpeed | undefined> {
  if (pictures.length === 0) return undefined;
  const session = await openOrientationSession(manifest, await readModelWeights(manifest), {
    provider: 'cpu',
    threads: 1,
  });
  const rounds = Array.from({ length: TIMED }, (_, i) => pictures[i % pictures.length] as GreyImage);
  const input = createClassifierInput(manifest.input);
  try {
    for (const picture of rounds.slice(0, WARM_UP)) await session.run([picture]);
    const before = process.cpuUsage();
    const whole = await timed(rounds, (picture) => session.run([picture]));
    const { user, system } = process.cpuUsage(before);
    const preprocessing = await timed(rounds, async (picture) => input(picture));
    const started = performance.now();
    await classify(rounds);
    const mean = (performance.now() - started) / rounds.length;
    return {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      load: loadavg()[0] as number,
      slices: rounds.length,
      processorTime: (user + system) / 1000 / rounds.length,
      oneThread: {
        p10: quantile(whole, 0.1) as number,
        median: quantile(whole, 0.5) as number,
        p90: quantile(whole, 0.9) as number,
      },
      preprocessing: { median: quantile(preprocessing, 0.5) as number },
      throughProcess: { mean, provider },
    };
  } finally {
    await session.close();
  }
}

async function timed(
  pictures: readonly GreyImage[],
  work: (picture: GreyImage) => Promise<unknown>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (const picture of pictures) {
    const started = performance.now();
    await work(picture);
    times.push(performance.now() - started);
  }
  return times;
}
