import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readModelManifest, readModelWeights } from '../../src/inference/model-manifest.ts';
import { type OrientationSession, openOrientationSession } from '../../src/inference/orientation-session.ts';
import { exportTensors } from '../../src/labelled/export-tensors.ts';
import { phantomPictures } from '../../src/labelled/phantom-pictures.ts';
import { requirePython } from '../support/python.ts';

const NETWORKS = ['simplified', 'multitask'] as const;
const python = requirePython('torch', 'numpy', 'scipy');
const { input } = await readModelManifest('models/orientation-open');
const pictures = [...phantomPictures({ count: 60, seed: 'baselines' })];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baselines-'));
  const out = join(folder, 'tensors', 'phantoms');
  await exportTensors(pictures, {
    out,
    name: 'phantoms',
    softwareVersion: '0',
    input,
    truth: 'labels',
    overwrite: false,
  });
});
afterAll(() => rm(folder, { recursive: true }));

/** Opening a model proves that ONNX Runtime reproduces the manifest's reference outputs. */
async function opened(model: string): Promise<OrientationSession> {
  const manifest = await readModelManifest(model);
  return openOrientationSession(manifest, await readModelWeights(manifest), { provider: 'cpu', threads: 1 });
}

async function probabilitiesOf(session: OrientationSession): Promise<readonly (readonly number[])[]> {
  const predictions = await session.run(pictures.slice(0, 4).map(({ image }) => image));
  return predictions.map(({ probabilities }) => probabilities);
}

describe.each(NETWORKS)('the baseline %s', (network) => {
  test.skipIf(python === undefined)(
    'trains through all of its stages to a model that the node can use',
    { timeout: 240_000 },
    async () => {
      const out = join(folder, network);
      const args = ['--network', network, '--tensors', join(folder, 'tensors'), '--out', out, '--steps', '10'];
      execFileSync(
        python as string,
        ['-W', 'ignore', '-m', 'baselines.train', ...args, '--work', join(folder, 'work')],
        {
          cwd: 'models/training',
          env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
          stdio: 'pipe',
        },
      );
      const session = await opened(out);
      for (const probabilities of await probabilitiesOf(session)) {
        expect(probabilities).toHaveLength(8);
        expect(probabilities.reduce((sum, p) => sum + p)).toBeCloseTo(1, 6);
      }
      await session.close();
      const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as { split: { phantoms: object } };
      expect(report.split.phantoms).toEqual({ trains: expect.any(Array), measures: expect.any(Array) });
    },
  );

  test('of this repository gives the answers that its manifest tells', async () => {
    const session = await opened(`models/baseline-${network}`);
    expect(await probabilitiesOf(session)).toHaveLength(4);
    await session.close();
  });
});
