import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { type DescribedModel, manifestSchema } from './manifest-schema.ts';

/** What a model says of itself, checked. */
export type ModelManifest = DescribedModel & {
  /** Absolute or relative path of the weights, beside the manifest. */
  readonly weightsFile: string;
  /** SHA-256 of the manifest's own bytes, hexadecimal. */
  readonly manifestSha256: string;
};

/**
 * Reads and checks the `manifest.json` of a model folder.
 * @throws NodeError model-invalid, naming the file and every field at fault
 */
export async function readModelManifest(folder: string): Promise<ModelManifest> {
  const file = join(folder, 'manifest.json');
  const { json, sha256: manifestSha256 } = await readJson(file);
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'manifest'}: ${message}`);
    throw new NodeError('model-invalid', `The model manifest is not valid: ${faults.join('; ')}`, {
      subject: { file },
    });
  }
  return { ...parsed.data, weightsFile: join(folder, parsed.data.file), manifestSha256 };
}

/**
 * Reads the weights that a manifest names.
 * @throws NodeError model-invalid where they are missing or are not the ones that the manifest was written for
 */
export async function readModelWeights(manifest: ModelManifest): Promise<Uint8Array> {
  const file = manifest.weightsFile;
  const weights = await readFile(file).catch((cause: unknown) => {
    throw new NodeError('model-invalid', 'The model weights (manifest field `file`) cannot be read', {
      subject: { file },
      cause,
    });
  });
  const sha256 = createHash('sha256').update(weights).digest('hex');
  if (sha256 !== manifest.sha256) {
    throw new NodeError(
      'model-invalid',
      `The model weights have SHA-256 ${sha256}, the manifest's field sha256 says ${manifest.sha256}`,
      {
        subject: { file },
      },
    );
  }
  return weights;
}

async function readJson(file: string): Promise<{ readonly json: unknown; readonly sha256: string }> {
  try {
    const bytes = await readFile(file);
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    return { json, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing
      ? 'There is no such model: it has no manifest'
      : 'The model manifest cannot be read as JSON';
    throw new NodeError('model-invalid', message, { subject: { file }, cause });
  }
}
