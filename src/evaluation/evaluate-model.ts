import type { Classifier } from '../app/ports.ts';
import type { ModelManifest } from '../inference/model-manifest.ts';
import { judgeByPredictions, judgeFolders, type PictureSource, permutedCopy, turnedCopies } from './judge-folders.ts';
import { type ModelEvaluation, modelEvaluation } from './model-evaluation.ts';
import type { Predictions } from './predictions-file.ts';
import { recogniserSpeed } from './recogniser-speed.ts';
import type { SeriesRules } from './series-outcome.ts';

export interface EvaluationOptions {
  readonly rules: SeriesRules;
  /**
   * Whether slices and series are measured under all eight codes: true everywhere, false nowhere, undefined where no
   * geometry has a say.
   */
  readonly turnAll: boolean | undefined;
  readonly onFolder: (dataSet: string, pictures: number) => void;
}

/**
 * Measures a model as it is served, on every picture of the sources.
 * @throws NodeError what reading them or recognising throws
 */
export async function evaluateModel(
  sources: readonly PictureSource[],
  { manifest, classifier }: { readonly manifest: ModelManifest; readonly classifier: Classifier },
  { rules, turnAll, onFolder }: EvaluationOptions,
): Promise<ModelEvaluation> {
  const classify: Classifier['classify'] = (images) => classifier.classify(images);
  const judged = await judgeFolders(sources, classify, onFolder);
  const { consistency, by, copyOf } = await turnedCopies(sources, judged, { classify, wanted: turnAll !== false });
  const speed = await recogniserSpeed(judged.sample, { manifest, classify, provider: classifier.model.provider });
  const { name, version, sha256, licence, usage, trainedOn } = manifest;
  return modelEvaluation(judged, {
    recogniser: { name, model: { version, sha256, licence, usage, trainedOn: trainedOn.map(inWords) } },
    consistency,
    copies: by,
    copyOf,
    speed,
    rules,
    turnWithGeometry: turnAll === true,
  });
}

/** Measures predictions that were made elsewhere. Turning them takes the recogniser for exactly equivariant. */
export async function evaluatePredictions(
  sources: readonly PictureSource[],
  { name, predictions }: { readonly name: string; readonly predictions: Predictions },
  { rules, turnAll }: EvaluationOptions,
): Promise<ModelEvaluation> {
  return modelEvaluation(await judgeByPredictions(sources, predictions), {
    recogniser: { name },
    consistency: undefined,
    copies: turnAll === true ? 'assuming' : undefined,
    copyOf: permutedCopy,
    speed: undefined,
    rules,
    turnWithGeometry: turnAll === true,
  });
}

/** A manifest says what it was trained on in words, or in names and words. */
function inWords(source: unknown): string {
  if (typeof source === 'string') return source;
  if (typeof source !== 'object' || source === null) return String(source);
  return Object.entries(source)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');
}
