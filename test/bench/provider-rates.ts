import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measured } from './measure.ts';
import type { RatesMessage } from './provider-rates-process.ts';
import type { Row } from './report.ts';

const PROCESS = fileURLToPath(new URL('./provider-rates-process.ts', import.meta.url));
const GPU_PROVIDERS = ['cuda', 'webgpu'];
/** A driver that hangs must not hold the benchmark. */
const TIMEOUT_MS = 120_000;
const KEPT_STDERR = 400;

/** Slices per second of the network alone, by the number of slices that are computed at once. */
export interface ProviderRates {
  readonly provider: string;
  readonly bySize: ReadonlyMap<number, Measured>;
  /** Why there are no more of them. */
  readonly failure: string | undefined;
}

export interface BatchRows {
  readonly rows: readonly Row[];
  /** By provider, what kept it from being measured, wholly or in part. */
  readonly failures: Readonly<Record<string, string>>;
  /** One line for a person. */
  readonly remark: string;
}

/** The CPU on one thread, and each kind of GPU that is there. */
export async function batchRows(modelFolder: string): Promise<BatchRows> {
  const rates: ProviderRates[] = [];
  for (const provider of ['cpu', ...GPU_PROVIDERS]) rates.push(await providerRates(provider, modelFolder));
  const measured = rates.filter(({ bySize }) => bySize.size > 0);
  const gpus = measured.filter(({ provider }) => provider !== 'cpu').map(({ provider }) => provider);
  return {
    rows: measured.map(({ provider, bySize }) => ({ what: `network alone, ${provider}`, unit: 'slices/s', bySize })),
    failures: Object.fromEntries(
      rates.flatMap(({ provider, failure }) => (failure === undefined ? [] : [[provider, failure]])),
    ),
    remark:
      gpus.length > 0
        ? `The CPU works on one thread; measured besides: ${gpus.join(', ')}.`
        : `The CPU works on one thread; there is no GPU here (${GPU_PROVIDERS.join(' and ')} cannot be used).`,
  };
}

/** In a process of its own: a broken driver may end it. */
function providerRates(provider: string, modelFolder: string): Promise<ProviderRates> {
  const bySize = new Map<number, Measured>();
  let failure: string | undefined;
  let stderr = '';
  // As the node has it: newer GPUs would round to 10 bits.
  const env = { ...process.env, NVIDIA_TF32_OVERRIDE: '0' };
  const child = fork(PROCESS, [provider, modelFolder], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR);
  });
  child.on('message', (message: RatesMessage) => {
    if ('failure' in message) failure = message.failure;
    else bySize.set(message.batch, message.slicesPerSecond);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== 0) failure ??= `ended with ${signal ?? code} ${stderr.trim()}`.trim();
      resolve({ provider, bySize, failure: failure?.split('\n')[0] });
    });
  });
}
