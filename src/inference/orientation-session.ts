import { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf, NodeError } from '../core/errors.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import { createClassifierInput } from '../core/pixels/classifier-input.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { type CropOutputs, calibratedPrediction } from './calibrated-prediction.ts';
import type { ModelManifest } from './model-manifest.ts';
import { referenceInput } from './reference-input.ts';

/** How far a provider's log-probabilities and SAX logit may lie from the manifest's reference outputs. */
export const REFERENCE_TOLERANCE = 1e-3;
/** A GPU is fed many crops at once; more than these gain little and cost memory. */
const CROPS_PER_GPU_BATCH = 32;

/** A model loaded into ONNX Runtime in this process. */
export interface OrientationSession {
  run(images: readonly GreyImage[]): Promise<readonly SlicePrediction[]>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** ONNX Runtime execution provider: `cpu`, `cuda`, `webgpu` … */
  readonly provider: string;
  readonly threads: number;
}

/**
 * Loads the weights on one execution provider and proves that it computes what the manifest says.
 * @throws NodeError provider-unavailable; model-invalid where weights and manifest do not belong together
 */
export async function openOrientationSession(
  manifest: ModelManifest,
  weights: Uint8Array,
  options: SessionOptions,
): Promise<OrientationSession> {
  const session = await createSession(weights, options);
  checkNames(session, manifest);
  await checkReferences(session, manifest, options.provider);
  const classifierInput = createClassifierInput(manifest.input);
  const imagesPerBatch = picturesPerBatch(options.provider, manifest.input.crops.length);
  return {
    async run(images) {
      const predictions: SlicePrediction[] = [];
      for (let from = 0; from < images.length; from += imagesPerBatch) {
        const inputs = images.slice(from, from + imagesPerBatch).map(classifierInput);
        const outputs = await runBatch(session, manifest, inputs);
        predictions.push(...outputs.map((each) => calibratedPrediction(each, manifest)));
      }
      return predictions;
    },
    close: () => session.release(),
  };
}

/** On a CPU the crops of one picture stay in the cache: a fifth faster than many pictures at once, at half the memory. */
function picturesPerBatch(provider: string, crops: number): number {
  return provider === 'cpu' ? 1 : Math.max(1, Math.floor(CROPS_PER_GPU_BATCH / crops));
}

async function createSession(weights: Uint8Array, { provider, threads }: SessionOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(weights, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
  } catch (cause) {
    throw new NodeError('provider-unavailable', `Execution provider ${provider} cannot be used: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function checkNames(session: InferenceSession, { input, outputs, weightsFile: file }: ModelManifest): void {
  const wrong = (field: string, name: string, names: readonly string[]) =>
    new NodeError('model-invalid', `Manifest field ${field}: the model has ${names.join(', ')}, but no ${name}`, {
      subject: { file },
    });
  if (!session.inputNames.includes(input.name)) throw wrong('input.name', input.name, session.inputNames);
  for (const [field, name] of Object.entries(outputs)) {
    if (!session.outputNames.includes(name)) throw wrong(`outputs.${field}`, name, session.outputNames);
  }
}

/** Runs one batch: each input holds the crops of one picture. */
async function runBatch(
  session: InferenceSession,
  manifest: ModelManifest,
  inputs: readonly Float32Array[],
): Promise<CropOutputs[]> {
  const { size, name } = manifest.input;
  const tensors = inputs.map((input) => input.length / size ** 2);
  const joined = new Float32Array(inputs.reduce((sum, input) => sum + input.length, 0));
  let at = 0;
  for (const input of inputs) {
    joined.set(input, at);
    at += input.length;
  }
  const count = joined.length / size ** 2;
  const results = await session.run({ [name]: new Tensor('float32', joined, [count, 1, size, size]) });
  const logProbabilities = floatsOf(results, manifest.outputs.logProbabilities, count * manifest.labels.length);
  const saxLogits = floatsOf(results, manifest.outputs.saxLogit, count);
  let crop = 0;
  return tensors.map((crops) => {
    const from = crop;
    crop += crops;
    return {
      logProbabilities: logProbabilities.subarray(from * manifest.labels.length, crop * manifest.labels.length),
      saxLogits: saxLogits.subarray(from, crop),
    };
  });
}

function floatsOf(results: InferenceSession.ReturnType, name: string, length: number): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array) || data.length !== length) {
    throw new NodeError('model-invalid', `The model's output ${name} is not ${length} 32-bit floats`);
  }
  return data;
}

/** A provider that cannot compute the manifest's reference outputs is not used; the CPU's word is the model's own. */
async function checkReferences(session: InferenceSession, manifest: ModelManifest, provider: string): Promise<void> {
  const inputs = manifest.reference.map(({ seed }) => referenceInput(seed, manifest.input.size));
  const outputs = await runBatch(session, manifest, inputs).catch((cause: unknown) => {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError('provider-unavailable', `Execution provider ${provider} failed: ${messageOf(cause)}`, {
      cause,
    });
  });
  for (const [index, { seed, logProbabilities, saxLogit }] of manifest.reference.entries()) {
    const { logProbabilities: found, saxLogits } = outputs[index] as CropOutputs;
    const off = [
      ...logProbabilities.map((value, i) => (found[i] as number) - value),
      (saxLogits[0] as number) - saxLogit,
    ];
    const deviation = Math.max(...off.map(Math.abs));
    if (deviation <= REFERENCE_TOLERANCE) continue;
    throw new NodeError(
      provider === 'cpu' ? 'model-invalid' : 'provider-unavailable',
      `Execution provider ${provider} does not reproduce the reference output of seed ${seed}: off by ${deviation}`,
      { subject: { file: manifest.weightsFile } },
    );
  }
}
