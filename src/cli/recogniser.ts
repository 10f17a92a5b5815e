import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Classifier, EventLog } from '../app/ports.ts';
import type { Config } from '../config/config-schema.ts';
import { NodeError } from '../core/errors.ts';
import { type ModelManifest, readModelManifest } from '../inference/model-manifest.ts';
import { startClassifier } from '../inference/start-classifier.ts';

/** The recogniser of a command: started when it is first needed, closed at the end. */
export interface Recogniser {
  readonly manifest: ModelManifest;
  readonly classifier: () => Promise<Classifier>;
  close(): Promise<void>;
}

/**
 * Finds a model by its name or folder, the configured one where none is named; nothing is started yet.
 * @throws NodeError bad-request, model-invalid
 */
export async function recogniser(
  { inference }: Pick<Config, 'inference'>,
  { model, log }: { readonly model?: string | undefined; readonly log: EventLog },
): Promise<Recogniser> {
  const modelFolder = await modelFolderOf({ inference }, model);
  const manifest = await readModelManifest(modelFolder);
  let started: Promise<Classifier> | undefined;
  return {
    manifest,
    classifier: () => {
      started ??= startClassifier({ ...inference, modelFolder, log });
      return started;
    },
    close: async () => {
      const classifier = await started?.catch(() => undefined);
      await classifier?.close();
    },
  };
}

/**
 * The folder of a model: named as a folder of `inference.modelsDir`, or by its path, which has a separator.
 * @throws NodeError bad-request
 */
export async function modelFolderOf(
  { inference }: Pick<Config, 'inference'>,
  model: string = inference.model,
): Promise<string> {
  if (/[\\/]/.test(model)) return model;
  const entries = await readdir(inference.modelsDir, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((one) => (one.isDirectory() ? one.name : []));
  if (names.includes(model)) return join(inference.modelsDir, model);
  throw new NodeError('bad-request', `there is no model named ${model}; there are: ${names.join(', ') || 'none'}`);
}
