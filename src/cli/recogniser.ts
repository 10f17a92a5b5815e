import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Classifier, EventLog } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import { readModelManifest } from '../inference/model-manifest.ts';
import { startClassifier } from '../inference/start-classifier.ts';
import { PACKAGE_ROOT } from '../version.ts';

/** The recogniser of a command: started when it is first needed, closed at the end. */
export interface Recogniser {
  /** How many slices count as one independent witness. */
  readonly correlation: number;
  readonly classifier: () => Promise<Classifier>;
  close(): Promise<void>;
}

/**
 * Finds a model of models/ by its name; nothing is started yet.
 * @throws NodeError bad-request, model-invalid
 */
export async function recogniser(options: {
  readonly model: string;
  readonly executionProviders: readonly string[];
  readonly requireGpu: boolean;
  readonly threads: number;
  readonly log: EventLog;
}): Promise<Recogniser> {
  const models = fileURLToPath(new URL('models/', PACKAGE_ROOT));
  const names = (await readdir(models, { withFileTypes: true })).flatMap((one) => (one.isDirectory() ? one.name : []));
  if (!names.includes(options.model)) {
    throw new NodeError('bad-request', `there is no model named ${options.model}; there are: ${names.join(', ')}`);
  }
  const modelFolder = `${models}${options.model}`;
  const { pooling } = await readModelManifest(modelFolder);
  let started: Promise<Classifier> | undefined;
  return {
    correlation: pooling.correlation,
    classifier: () => {
      started ??= startClassifier({ ...options, modelFolder });
      return started;
    },
    close: async () => {
      const classifier = await started?.catch(() => undefined);
      await classifier?.close();
    },
  };
}
