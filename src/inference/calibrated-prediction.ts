import { NodeError } from '../core/errors.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { ModelManifest } from './model-manifest.ts';

/** What the model gives for the crops of one picture. */
export interface CropOutputs {
  /** Crops × 8, in the model's own label order. */
  readonly logProbabilities: Float32Array;
  /** One for each crop. */
  readonly saxLogits: Float32Array;
}

/**
 * The mean over the crops, calibrated as the manifest says.
 * @throws NodeError classifier-failed where the model gave no number
 */
export function calibratedPrediction(
  outputs: CropOutputs,
  { labels, calibration }: Pick<ModelManifest, 'labels' | 'calibration'>,
): SlicePrediction {
  const crops = outputs.saxLogits.length;
  const means = labels.map((_, label) => {
    let sum = 0;
    for (let crop = 0; crop < crops; crop++) sum += outputs.logProbabilities[crop * labels.length + label] as number;
    return sum / crops / calibration.temperature;
  });
  const largest = Math.max(...means);
  const shares = means.map((mean) => Math.exp(mean - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const saxLogit = outputs.saxLogits.reduce((sum, logit) => sum + logit, 0) / crops;
  const sax = 1 / (1 + Math.exp(-(saxLogit * calibration.saxScale + calibration.saxOffset)));
  if (!Number.isFinite(total) || Number.isNaN(sax)) {
    throw new NodeError('classifier-failed', 'The model gave a value that is not a number');
  }
  return { probabilities: ORIENTATION_CODES.map((code) => (shares[labels.indexOf(code)] as number) / total), sax };
}
