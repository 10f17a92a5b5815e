import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { classifyInstances, pictureOf } from '../../src/app/classify-stack.ts';
import { decidedDerivation } from '../../src/app/decided-derivation.ts';
import { deriveInstance } from '../../src/app/derive-instance.ts';
import { derivedIdentity } from '../../src/app/derived-identity.ts';
import type { Classifier, EventLog } from '../../src/app/ports.ts';
import { firstString } from '../../src/core/attributes/attribute-reader.ts';
import { tagOf } from '../../src/core/attributes/tags.ts';
import { correctionFor, ORIENTATION_CODES, observed, observedFor } from '../../src/core/orientation/d4.ts';
import { createClassifierInput } from '../../src/core/pixels/classifier-input.ts';
import { reorientMatrix } from '../../src/core/pixels/reorient-frame.ts';
import { readModelManifest } from '../../src/inference/model-manifest.ts';
import { startClassifier } from '../../src/inference/start-classifier.ts';
import type { DataSet } from '../../src/part10/data-set.ts';
import { type Measured, millisecondsOf } from './measure.ts';
import type { SeriesTemplate } from './series-template.ts';

export const MODEL_FOLDER = fileURLToPath(new URL('../../models/orientation-open', import.meta.url));
const SILENT: EventLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Moving the pixels of one frame, by the code that was done to the picture. */
export async function reorientTimes({ dataSets, size }: SeriesTemplate): Promise<ReadonlyMap<string, Measured>> {
  const frames = dataSets.map((dataSet) => dataSet.bytes(tagOf('PixelData'))!);
  const times = new Map<string, Measured>();
  for (const code of ORIENTATION_CODES) {
    const correction = correctionFor(observed(code));
    const turn = (call: number) =>
      reorientMatrix({ rows: size, columns: size, cellBytes: 2, bytes: frames[call % frames.length]! }, correction);
    times.set(code, await millisecondsOf(turn, { calls: 60, rounds: 5 }));
  }
  return times;
}

/** One derived instance from the source's bytes: pixels, header, derivation record and proof. */
export function deriveTime({ dataSets }: SeriesTemplate): Promise<Measured> {
  const correction = correctionFor(observed('110'));
  const record = decidedDerivation(
    { observedCode: observedFor(correction), correction },
    {
      settings: {
        manufacturer: 'maker',
        productName: 'product',
        softwareVersion: '1',
        modifyingSystem: 'NODE',
        imageTypeValue1: 'derived',
        seriesDescriptionSuffix: '[std]',
        seriesNumberOffset: 1000,
        privateGeometry: 'keep',
      },
      model: { name: 'model', version: '1', sha256: '0'.repeat(64) },
      uidPolicy: 'derive',
      sourceOfPreviousValues: 'SCANNER',
      at: 0,
    },
  );
  const derive = (call: number): unknown => {
    const source = dataSets[call % dataSets.length]!;
    const identity = derivedIdentity(identitySource(source), { correction, record });
    return deriveInstance(source, { correction, identity, record });
  };
  return millisecondsOf(derive, { calls: 60, rounds: 5 });
}

function identitySource(source: DataSet): Parameters<typeof derivedIdentity>[0] {
  return {
    sopInstanceUid: firstString(source, tagOf('SOPInstanceUID'))!,
    seriesInstanceUid: firstString(source, tagOf('SeriesInstanceUID'))!,
    stack: 'cine',
    pixelSha256: createHash('sha256')
      .update(source.bytes(tagOf('PixelData'))!)
      .digest('hex'),
  };
}

/** From stored pixels to the network's input. */
export async function preprocessTime({ dataSets }: SeriesTemplate): Promise<Measured> {
  const classifierInput = createClassifierInput((await readModelManifest(MODEL_FOLDER)).input);
  const preprocess = (call: number) => classifierInput(pictureOf(dataSets[call % dataSets.length]!)!);
  return millisecondsOf(preprocess, { calls: 40, rounds: 5 });
}

/** One picture of many, from the data set to its prediction, through the child process, one thread. */
export async function classifyTime(template: SeriesTemplate, classifier: Classifier): Promise<Measured> {
  const dataSets = [...template.dataSets, ...template.dataSets];
  const classify = () => classifyInstances(dataSets, async (dataSet) => dataSet, classifier);
  const { best, median } = await millisecondsOf(classify, { calls: 1, rounds: 5 });
  return { best: best / dataSets.length, median: median / dataSets.length };
}

export function benchClassifier(): Promise<Classifier> {
  const options = { modelFolder: MODEL_FOLDER, executionProviders: ['cpu'], requireGpu: false, threads: 1 };
  return startClassifier({ ...options, log: SILENT });
}
