import type { Classifier, EventLog } from '../app/ports.ts';
import { readModelManifest, readModelWeights } from './model-manifest.ts';
import { openOnFirstProvider, providersToTry } from './provider-ladder.ts';
import { SupervisedClassifier } from './supervised-classifier.ts';

const BATCH_TIMEOUT_MS = 60_000;

export interface StartClassifierOptions {
  /** Holds manifest.json and the weights. */
  readonly modelFolder: string;
  /** ONNX Runtime execution providers in the order in which they are tried. */
  readonly executionProviders: readonly string[];
  /** Only cuda and webgpu will do. */
  readonly requireGpu: boolean;
  /** Threads of one computation; 1 leaves the other cores to receiving and sending. */
  readonly threads: number;
  readonly log: EventLog;
  /** How long the child may take for one batch of pictures; 60 s where it is not given. */
  readonly batchTimeoutMs?: number;
  /** Another main module of the child process, for tests. */
  readonly childUrl?: URL;
}

/**
 * Starts the recogniser in a child process, on the first execution provider that computes what the manifest says.
 * @throws NodeError model-invalid, provider-unavailable
 */
export async function startClassifier(options: StartClassifierOptions): Promise<Classifier> {
  const { modelFolder, threads, log } = options;
  const manifest = await readModelManifest(modelFolder);
  await readModelWeights(manifest);
  const providers = providersToTry(options.executionProviders, options.requireGpu);
  const ladder = { modelFolder, threads, log, childUrl: options.childUrl ?? childUrl() };
  const opened = await openOnFirstProvider(providers, ladder);
  const { name, version, sha256, manifestSha256, usage } = manifest;
  const { provider, child } = opened;
  log.info('classifier-ready', { model: name, version, sha256, provider, pid: child.pid });
  if (usage !== undefined) log.warn('model-restricted', { model: name, usage });
  return new SupervisedClassifier(opened, {
    ...ladder,
    model: { name, version, sha256, manifestSha256, ...(usage === undefined ? {} : { usage }) },
    // What was skipped at start is not tried again in the middle of the work.
    providers: providers.slice(providers.indexOf(provider)),
    batchTimeoutMs: options.batchTimeoutMs ?? BATCH_TIMEOUT_MS,
  });
}

/** The child runs from source where this does, and from the build where this does. */
function childUrl(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './classifier-process.ts' : './classifier-process.js',
    import.meta.url,
  );
}
