import { messageOf, NodeError } from '../core/errors.ts';
import { wrapDegrees } from '../core/orientation/relation.ts';
import { type CropOutputs, type Head, headsOf } from './model-heads.ts';
import type { ModelManifest } from './model-manifest.ts';
import { referenceInput } from './reference-input.ts';

/** How far what a provider computes may lie from the manifest's reference outputs; angles: in radians. */
export const REFERENCE_TOLERANCE = 1e-3;
const DEGREES_PER_RADIAN = 180 / Math.PI;

/**
 * A provider that cannot compute the manifest's reference outputs is not used; the CPU's word is the model's own.
 * @throws NodeError model-invalid, provider-unavailable
 */
export async function checkReferences(
  run: (inputs: readonly Float32Array[]) => Promise<readonly CropOutputs[]>,
  manifest: ModelManifest,
  provider: string,
): Promise<void> {
  const inputs = manifest.reference.map(({ seed }) => referenceInput(seed, manifest.input.size));
  const found = await run(inputs).catch((cause: unknown) => {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError('provider-unavailable', `Execution provider ${provider} failed: ${messageOf(cause)}`, {
      cause,
    });
  });
  for (const [index, { seed, outputs }] of manifest.reference.entries()) {
    for (const head of headsOf(manifest)) {
      const deviation = greatestDeviation(found[index]?.[head.head], outputs[head.graphName] ?? [], head);
      // Written so that a deviation that is not a number is one that is too great.
      if (deviation <= REFERENCE_TOLERANCE) continue;
      throw new NodeError(
        provider === 'cpu' ? 'model-invalid' : 'provider-unavailable',
        `Execution provider ${provider} does not reproduce ${head.graphName} of seed ${seed}: off by ${deviation}`,
        { subject: { file: manifest.weightsFile } },
      );
    }
  }
}

function greatestDeviation(found: Float32Array | undefined, expected: readonly number[], { head }: Head): number {
  const off = expected.map((value, i) => (found?.[i] ?? Number.NaN) - value);
  return Math.max(
    ...off.map((each) => Math.abs(head === 'angleDegrees' ? wrapDegrees(each) / DEGREES_PER_RADIAN : each)),
  );
}
