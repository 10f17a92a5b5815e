import { describe, expect, test } from 'vitest';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { calibratedPrediction } from '../../src/inference/calibrated-prediction.ts';

const labels = [...ORIENTATION_CODES].reverse();
const calibration = { temperature: 1, saxScale: 1, saxOffset: 0, kindTemperature: 1, qualityTemperature: 1 };
const one = Float32Array.of(0, -9, -9, -9, -9, -9, -9, -9);
const kinds = ['cine', 'LGE', 'T2'] as const;
const qualities = ['heart', 'blank'] as const;
const manifest = { labels, calibration, kinds: [...kinds], qualities: [...qualities] };

describe('calibratedPrediction', () => {
  test('puts the labels of the manifest into the order of the codes', () => {
    const { probabilities } = calibratedPrediction({ logProbabilities: one }, manifest);
    expect(probabilities[7]).toBeCloseTo(1 / (1 + 7 * Math.exp(-9)), 9);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  test('averages the crops before it calibrates: logarithms, and the SAX logit', () => {
    const logProbabilities = Float32Array.of(...one, ...one.map((value) => value * 3));
    const saxLogit = Float32Array.of(1, 3);
    const warm = { ...manifest, calibration: { ...calibration, temperature: 2, saxScale: 0.5, saxOffset: -1 } };
    const { probabilities, sax } = calibratedPrediction({ logProbabilities, saxLogit }, warm);
    // The mean of -9 and -27, divided by 2.
    expect((probabilities[0] as number) / (probabilities[7] as number)).toBeCloseTo(Math.exp(-9), 9);
    expect(sax).toBeCloseTo(1 / (1 + Math.exp(0.5)), 12);
  });

  test('gives the angle of the most probable code, the mean over the crops, across 180 degrees too', () => {
    const columns = (of111: number) => [of111, 1, 2, 3, 4, 5, 6, 7];
    const logProbabilities = Float32Array.of(...one, ...one);
    const angles = (a: number, b: number) => Float32Array.of(...columns(a), ...columns(b));
    const near = calibratedPrediction({ logProbabilities, angleDegrees: angles(-10, 30) }, manifest);
    expect(near.angleDegrees).toBeCloseTo(10, 6);
    const far = calibratedPrediction({ logProbabilities, angleDegrees: angles(170, -178) }, manifest);
    expect(far.angleDegrees).toBeCloseTo(176, 6);
  });

  test('names the probabilities of kinds and qualities, each at its own temperature', () => {
    const warm = { ...manifest, calibration: { ...calibration, kindTemperature: 2, qualityTemperature: 4 } };
    const outputs = {
      logProbabilities: one,
      kindLogits: Float32Array.of(4, 2, 0),
      qualityLogits: Float32Array.of(4, 0),
    };
    const { kind = {}, quality = {} } = calibratedPrediction(outputs, warm);
    expect(Object.keys(kind)).toEqual(kinds);
    expect((kind.cine as number) / (kind.LGE as number)).toBeCloseTo(Math.E, 9);
    expect(quality.heart).toBeCloseTo(1 / (1 + Math.exp(-1)), 9);
    expect(Object.values(kind).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  test('tells nothing that the model has no head for', () => {
    expect(Object.keys(calibratedPrediction({ logProbabilities: one }, manifest))).toEqual(['probabilities']);
  });

  test.each([
    ['orientation', { logProbabilities: new Float32Array(8).fill(Number.NaN) }],
    ['a short axis', { saxLogit: Float32Array.of(Number.NaN) }],
    ['the angle', { angleDegrees: new Float32Array(8).fill(Number.NaN) }],
    ['the kind', { kindLogits: Float32Array.of(0, Number.NaN, 0) }],
    ['the quality', { qualityLogits: Float32Array.of(Number.POSITIVE_INFINITY, 0) }],
  ])('is no prediction where the model gave no number for %s', (_, broken) => {
    expect(() => calibratedPrediction({ logProbabilities: one, ...broken }, manifest)).toThrow(/not a number/);
  });
});
