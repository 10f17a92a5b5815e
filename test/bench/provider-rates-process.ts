/** Measures one execution provider, named by the first argument, with the model in the folder that the second names. */
import { messageOf } from '../../src/core/errors.ts';
import { openModelGraph } from '../../src/inference/model-graph.ts';
import { readModelManifest, readModelWeights } from '../../src/inference/model-manifest.ts';
import { referenceInput } from '../../src/inference/reference-input.ts';
import { greatest, type Measured } from './measure.ts';

export type RatesMessage =
  | { readonly batch: number; readonly slicesPerSecond: Measured }
  | { readonly failure: string };

export const BATCHES = [1, 8, 32, 128, 512];
const ROUNDS = 3;
/** Of one round at least. */
const ROUND_MS = 300;

async function measure(provider: string, modelFolder: string): Promise<void> {
  const manifest = await readModelManifest(modelFolder);
  const graph = await openModelGraph(manifest, await readModelWeights(manifest), { provider, threads: 1 });
  const { size, crops } = manifest.input;
  const input = new Float32Array(crops.length * size * size);
  for (const crop of crops.keys()) input.set(referenceInput(crop + 1, size), crop * size * size);
  for (const batch of BATCHES) {
    const inputs = Array.from({ length: batch }, () => input);
    const rates: number[] = [];
    // A first call, which does not count, lets a GPU choose its kernels.
    await graph.run(inputs);
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      let slices = 0;
      do {
        await graph.run(inputs);
        slices += batch;
      } while (performance.now() - started < ROUND_MS);
      rates.push((1000 * slices) / (performance.now() - started));
    }
    process.send?.({ batch, slicesPerSecond: greatest(rates) } satisfies RatesMessage);
  }
  await graph.close();
}

// Imported for its types, it is no child and has nothing to measure.
const [, program, provider, modelFolder] = process.argv;
if (program?.endsWith('provider-rates-process.ts') && provider !== undefined && modelFolder !== undefined) {
  await measure(provider, modelFolder).catch((error: unknown) => {
    process.send?.({ failure: messageOf(error) } satisfies RatesMessage);
  });
  process.disconnect?.();
}
