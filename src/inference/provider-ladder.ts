import type { EventLog } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { ClassifierChild } from './classifier-child.ts';

/** Starting a GPU provider for the first time compiles its kernels. */
const OPEN_TIMEOUT_MS = 180_000;
const GPU_PROVIDERS = new Set(['cuda', 'webgpu']);

export interface LadderOptions {
  readonly modelFolder: string;
  readonly threads: number;
  readonly childUrl: URL;
  readonly log: EventLog;
}

/** A child that holds the model on one of the providers. */
export interface OpenedChild {
  readonly child: ClassifierChild;
  readonly provider: string;
}

/**
 * The providers that may be tried, in their order.
 * @throws NodeError provider-unavailable where none of them is one
 */
export function providersToTry(providers: readonly string[], requireGpu: boolean): readonly string[] {
  const allowed = requireGpu ? providers.filter((provider) => GPU_PROVIDERS.has(provider)) : providers;
  if (allowed.length > 0) return allowed;
  throw new NodeError(
    'provider-unavailable',
    requireGpu
      ? 'inference.requireGpu is set, and inference.executionProviders names neither cuda nor webgpu'
      : 'inference.executionProviders names no execution provider',
  );
}

/**
 * Tries the providers in order. One that throws, computes something else than the manifest says, or ends its process
 * is named in the log and skipped; after each failure the next one gets a fresh process.
 * @throws NodeError provider-unavailable where none is left; model-invalid
 */
export async function openOnFirstProvider(
  providers: readonly string[],
  { modelFolder, threads, childUrl, log }: LadderOptions,
): Promise<OpenedChild> {
  const reasons: string[] = [];
  for (const provider of providers) {
    const child = new ClassifierChild(childUrl);
    try {
      await child.request({ kind: 'open', modelFolder, provider, threads }, OPEN_TIMEOUT_MS);
      return { child, provider };
    } catch (error) {
      await child.stop();
      if (error instanceof NodeError && error.code === 'model-invalid') throw error;
      const reason = messageOf(error);
      log.warn('classifier-provider-skipped', { provider, reason });
      reasons.push(`${provider}: ${reason}`);
    }
  }
  throw new NodeError('provider-unavailable', `No execution provider can be used; ${reasons.join('; ')}`);
}
