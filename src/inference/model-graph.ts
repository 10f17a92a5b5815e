import { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf, NodeError } from '../core/errors.ts';
import { checkReferences } from './check-references.ts';
import { type CropOutputs, type Head, headsOf } from './model-heads.ts';
import type { ModelManifest } from './model-manifest.ts';

export interface GraphOptions {
  /** ONNX Runtime execution provider: `cpu`, `cuda`, `webgpu` … */
  readonly provider: string;
  readonly threads: number;
}

/** The network itself, loaded into ONNX Runtime in this process: from prepared crops to what its heads give. */
export interface ModelGraph {
  /** One computation: each input holds the crops of one picture, crops × 1 × size × size. */
  run(inputs: readonly Float32Array[]): Promise<readonly CropOutputs[]>;
  close(): Promise<void>;
}

/**
 * Loads the weights on one execution provider and proves that it computes what the manifest says.
 * @throws NodeError provider-unavailable; model-invalid where weights and manifest do not belong together
 */
export async function openModelGraph(
  manifest: ModelManifest,
  weights: Uint8Array,
  options: GraphOptions,
): Promise<ModelGraph> {
  const session = await createSession(weights, options);
  checkNames(session, manifest);
  const heads = headsOf(manifest);
  const run = (inputs: readonly Float32Array[]) => runBatch(session, { manifest, heads }, inputs);
  await checkReferences(run, manifest, options.provider);
  return { run, close: () => session.release() };
}

async function createSession(weights: Uint8Array, { provider, threads }: GraphOptions): Promise<InferenceSession> {
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

function checkNames(session: InferenceSession, manifest: ModelManifest): void {
  const { input, weightsFile: file } = manifest;
  const wrong = (field: string, name: string, names: readonly string[]) =>
    new NodeError('model-invalid', `Manifest field ${field}: the model has ${names.join(', ')}, but no ${name}`, {
      subject: { file },
    });
  if (!session.inputNames.includes(input.name)) throw wrong('input.name', input.name, session.inputNames);
  for (const { head, graphName } of headsOf(manifest)) {
    if (!session.outputNames.includes(graphName)) throw wrong(`outputs.${head}`, graphName, session.outputNames);
  }
}

async function runBatch(
  session: InferenceSession,
  { manifest, heads }: { readonly manifest: ModelManifest; readonly heads: readonly Head[] },
  inputs: readonly Float32Array[],
): Promise<CropOutputs[]> {
  const { size, name } = manifest.input;
  const joined = joinedInputs(inputs);
  const count = joined.length / size ** 2;
  const feeds = { [name]: new Tensor('float32', joined, [count, 1, size, size]) };
  const results = await session.run(
    feeds,
    heads.map(({ graphName }) => graphName),
  );
  const outputs = heads.map((head) => ({ ...head, values: floatsOf(results, head.graphName, count * head.width) }));
  let crop = 0;
  return inputs.map((input) => {
    const from = crop;
    crop += input.length / size ** 2;
    const ofPicture = outputs.map(({ head, width, values }) => [head, values.subarray(from * width, crop * width)]);
    return Object.fromEntries(ofPicture) as CropOutputs;
  });
}

function joinedInputs(inputs: readonly Float32Array[]): Float32Array {
  const [first] = inputs;
  if (first !== undefined && inputs.length === 1) return first;
  const joined = new Float32Array(inputs.reduce((sum, input) => sum + input.length, 0));
  let at = 0;
  for (const input of inputs) {
    joined.set(input, at);
    at += input.length;
  }
  return joined;
}

function floatsOf(results: InferenceSession.ReturnType, name: string, length: number): Float32Array {
  const data = results[name]?.data;
  if (!(data instanceof Float32Array) || data.length !== length) {
    throw new NodeError('model-invalid', `The model's output ${name} is not ${length} 32-bit floats`);
  }
  return data;
}
