import { describe, expect, test } from 'vitest';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { calibratedPrediction } from '../../src/inference/calibrated-prediction.ts';

const labels = [...ORIENTATION_CODES].reverse();
const calibration = { temperature: 1, saxScale: 1, saxOffset: 0 };
const one = Float32Array.of(0, -9, -9, -9, -9, -9, -9, -9);

describe('calibratedPrediction', () => {
  test('puts the labels of the manifest into the order of the codes', () => {
    const { probabilities } = calibratedPrediction(
      { logProbabilities: one, saxLogits: Float32Array.of(0) },
      { labels, calibration },
    );
    expect(probabilities[7]).toBeCloseTo(1 / (1 + 7 * Math.exp(-9)), 9);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  test('averages the crops before it calibrates: logarithms, and the SAX logit', () => {
    const logProbabilities = Float32Array.of(...one, ...one.map((value) => value * 3));
    const saxLogits = Float32Array.of(1, 3);
    const warm = { temperature: 2, saxScale: 0.5, saxOffset: -1 };
    const { probabilities, sax } = calibratedPrediction({ logProbabilities, saxLogits }, { labels, calibration: warm });
    // The mean of -9 and -27, divided by 2.
    expect((probabilities[0] as number) / (probabilities[7] as number)).toBeCloseTo(Math.exp(-9), 9);
    expect(sax).toBeCloseTo(0.5, 12);
  });

  test('is no prediction where the model gave no number', () => {
    const broken = { logProbabilities: new Float32Array(8).fill(Number.NaN), saxLogits: Float32Array.of(0) };
    expect(() => calibratedPrediction(broken, { labels, calibration })).toThrow(/not a number/);
    const unsure = { logProbabilities: one, saxLogits: Float32Array.of(Number.NaN) };
    expect(() => calibratedPrediction(unsure, { labels, calibration })).toThrow(/not a number/);
  });
});
