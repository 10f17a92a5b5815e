import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NodeError } from '../core/errors.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';

const fraction = z.number().gt(0).max(1);
const labels = z
  .array(z.enum(ORIENTATION_CODES))
  .refine(
    (codes) => codes.length === ORIENTATION_CODES.length && new Set(codes).size === codes.length,
    'must hold each of the eight codes once',
  );
const percentiles = z
  .tuple([z.number().min(0), z.number().max(100)])
  .refine(([lower, upper]) => lower < upper, 'must be two percentiles, the lower one first');

const manifestSchema = z.object({
  formatVersion: z.literal(1),
  name: z.string().min(1),
  version: z.string().min(1),
  file: z.string().regex(/^[\w][\w.-]*$/, 'must be the name of a file beside the manifest'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
  licence: z.string().min(1),
  trainedOn: z.array(z.unknown()),
  input: z.object({
    name: z.string().min(1),
    size: z.int().positive().max(1024),
    gridSize: z.int().positive().max(4096),
    percentiles,
    crops: z.array(fraction).min(1),
  }),
  outputs: z.object({ logProbabilities: z.string().min(1), saxLogit: z.string().min(1) }),
  /** Which code each of the model's eight outputs stands for. */
  labels,
  calibration: z.object({ temperature: z.number().positive(), saxScale: z.number(), saxOffset: z.number() }),
  /** How much slices of one stack say the same thing: 1 were independent slices. */
  pooling: z.object({ correlation: z.number().min(1) }),
  /** What the model gives for pictures made of a seed; see reference-input.ts. */
  reference: z
    .array(z.object({ seed: z.int().min(0), logProbabilities: z.array(z.number()).length(8), saxLogit: z.number() }))
    .min(1),
});

/** What a model says of itself, checked. */
export type ModelManifest = Readonly<z.infer<typeof manifestSchema>> & {
  /** Absolute or relative path of the weights, beside the manifest. */
  readonly weightsFile: string;
};

/**
 * Reads and checks the `manifest.json` of a model folder.
 * @throws NodeError model-invalid, naming the file and every field at fault
 */
export async function readModelManifest(folder: string): Promise<ModelManifest> {
  const file = join(folder, 'manifest.json');
  const parsed = manifestSchema.safeParse(await readJson(file));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'manifest'}: ${message}`);
    throw new NodeError('model-invalid', `The model manifest is not valid: ${faults.join('; ')}`, {
      subject: { file },
    });
  }
  return { ...parsed.data, weightsFile: join(folder, parsed.data.file) };
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

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = missing
      ? 'There is no such model: it has no manifest'
      : 'The model manifest cannot be read as JSON';
    throw new NodeError('model-invalid', message, { subject: { file }, cause });
  }
}
