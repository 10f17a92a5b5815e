import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModelManifest, readModelWeights } from '../../src/inference/model-manifest.ts';
import { MORE_HEADS, writeWedgeModel } from '../support/wedge-model.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-manifest-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readModelManifest', () => {
  test('reads a manifest and finds the weights beside it', async () => {
    const manifest = await readModelManifest(await writeWedgeModel(folder));
    expect(manifest).toMatchObject({ name: 'wedge', input: { crops: [0.75, 0.6, 0.5] }, pooling: { correlation: 4 } });
    expect(manifest.weightsFile).toBe(join(folder, 'model.onnx'));
    expect((await readModelWeights(manifest)).length).toBeGreaterThan(100_000);
  });

  test('names the file and every field at fault', async () => {
    await writeWedgeModel(folder, (manifest) => ({
      ...manifest,
      formatVersion: 1,
      calibration: { ...manifest.calibration, temperature: 0 },
      outputs: { saxLogit: 'sax_logit' },
    }));
    const error = await readModelManifest(folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'model-invalid', subject: { file: join(folder, 'manifest.json') } });
    for (const field of ['formatVersion', 'calibration.temperature', 'outputs.logProbabilities']) {
      expect(error).toHaveProperty('message', expect.stringContaining(field));
    }
  });

  test.each([
    ['a label twice', ['000', '000', '010', '011', '100', '101', '110', '111']],
    ['a label missing', ['000', '001', '010', '011', '100', '101', '110']],
    ['a label that is no code', ['000', '001', '010', '011', '100', '101', '110', '112']],
  ])('refuses %s', async (_, labels) => {
    await writeWedgeModel(folder, (manifest) => ({ ...manifest, labels }));
    await expect(readModelManifest(folder)).rejects.toThrow(/labels/);
  });

  test('reads a model with more heads, and one without a short-axis score', async () => {
    await writeWedgeModel(folder, ({ outputs, ...manifest }) => ({
      ...manifest,
      ...MORE_HEADS,
      outputs: { ...outputs, ...MORE_HEADS.outputs },
      usage: 'teaching only',
    }));
    expect(await readModelManifest(folder)).toMatchObject({ ...MORE_HEADS, usage: 'teaching only' });
    await writeWedgeModel(folder, (manifest) => ({
      ...manifest,
      outputs: { logProbabilities: 'log_probabilities' },
      calibration: { temperature: 1 },
    }));
    expect((await readModelManifest(folder)).outputs).toEqual({ logProbabilities: 'log_probabilities' });
  });

  test.each([
    [
      'kinds without their output',
      { kinds: ['cine', 'LGE'] },
      /kinds: must be there exactly where outputs.kindLogits is/,
    ],
    [
      'an output without its kinds',
      { outputs: { logProbabilities: 'l', saxLogit: 's', kindLogits: 'k' } },
      /kinds: must/,
    ],
    ['an output without its qualities', { outputs: { logProbabilities: 'l', qualityLogits: 'q' } }, /qualities: must/],
    ['a score that is not calibrated', { calibration: { temperature: 1, saxScale: 1 } }, /calibration.saxOffset: must/],
    [
      'a reference without an output',
      { outputs: { logProbabilities: 'l', saxLogit: 's' } },
      /reference.0.outputs.l: must be 8 numbers, found 0/,
    ],
    ['an unknown quality', { ...MORE_HEADS, qualities: ['heart', 'pretty'] }, /qualities.1/],
    ['a kind twice', { kinds: ['cine', 'cine'] }, /kinds: must name each of its labels once/],
  ])('refuses %s', async (_, change, message) => {
    await writeWedgeModel(folder, (manifest) => ({ ...manifest, ...change }));
    await expect(readModelManifest(folder)).rejects.toThrow(message);
  });

  test('refuses weights outside its folder', async () => {
    await writeWedgeModel(folder, (manifest) => ({ ...manifest, file: '../model.onnx' }));
    await expect(readModelManifest(folder)).rejects.toThrow(/file: must be the name of a file beside the manifest/);
  });

  test('refuses a folder without a manifest, and one whose manifest is not JSON', async () => {
    await expect(readModelManifest(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'model-invalid' });
    await writeFile(join(folder, 'manifest.json'), '{');
    await expect(readModelManifest(folder)).rejects.toThrow(/cannot be read as JSON/);
    await expect(readModelManifest(join(folder, 'nobody'))).rejects.toThrow(/no such model/);
  });
});

describe('readModelWeights', () => {
  test('refuses weights that are not the ones of the manifest, or are not there', async () => {
    const manifest = await readModelManifest(await writeWedgeModel(folder));
    await appendFile(manifest.weightsFile, 'x');
    await expect(readModelWeights(manifest)).rejects.toMatchObject({
      code: 'model-invalid',
      subject: { file: manifest.weightsFile },
      message: expect.stringContaining('sha256'),
    });
    await rm(manifest.weightsFile);
    await expect(readModelWeights(manifest)).rejects.toThrow(/cannot be read/);
  });
});
