import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../../src/cli/program.ts';
import { inverse, ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import type { Evaluation } from '../../src/evaluation/evaluation.ts';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';
import { SMALL_MATRIX } from '../support/made-up-series.ts';
import { writePart10 } from '../support/part10-files.ts';
import { turnedImage } from '../support/turned-image.ts';
import { wedgeImage, writeWedgeModel } from '../support/wedge-model.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'evaluate-'));
  await writeWedgeModel(join(root, 'models', 'wedge'));
  await writeWedges(join(root, 'wedges'));
  vi.stubEnv('CMR_NODE_INFERENCE_MODELS_DIR', join(root, 'models'));
  vi.stubEnv('CMR_NODE_INFERENCE_MODEL', 'wedge');
  vi.stubEnv('CMR_NODE_INFERENCE_EXECUTION_PROVIDERS', '["cpu"]');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

/** One subject for each code, four slices each; the last subject's labels are a half turn off. */
async function writeWedges(folder: string): Promise<void> {
  await mkdir(join(folder, 'images'), { recursive: true });
  const size = { rows: 60, columns: 48, rowSpacingMm: 1, columnSpacingMm: 1 };
  const rows = ['file,subject,slice,kind,code,near_border'];
  for (const code of ORIENTATION_CODES) {
    for (let slice = 0; slice < 4; slice++) {
      const { rows: height, columns: width, samples } = turnedImage(wedgeImage(size), code);
      const file = `${code}-${slice}.png`;
      const data = Uint16Array.from(samples, (value) => value + slice);
      await writeFile(join(folder, 'images', file), encode({ width, height, data, depth: 16, channels: 1 }));
      const labelled = code === '111' ? '100' : code;
      rows.push(`${file},subject ${code},${slice},cine,${labelled},no`);
    }
  }
  await writeFile(join(folder, 'labels.csv'), rows.join('\n'));
}

async function ran(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const told = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text, written?: unknown) => {
      told[stream] += String(text);
      if (typeof written === 'function') written();
      return true;
    }),
  );
  const code = await runCommand(['evaluate', ...words]);
  for (const spy of spies) spy.mockRestore();
  return { code, ...told };
}

async function evaluated(...words: string[]): Promise<Evaluation> {
  const json = join(root, 'evaluation.json');
  const { code, stderr } = await ran(...words, '--json', json);
  expect(stderr).not.toContain('cmr-node:');
  expect(code).toBe(0);
  return JSON.parse(await readFile(json, 'utf8')) as Evaluation;
}

describe('cmr-node evaluate', () => {
  test('finds what is right and what is wrong, slice by slice and series by series', async () => {
    const { models, folders } = await evaluated(join(root, 'wedges'));
    expect(folders).toMatchObject([{ dataSet: 'wedges', truth: 'labels', pictures: 32, subjects: 8, withCode: 32 }]);
    const [wedge] = models;
    expect(wedge?.slices.accuracy.strict).toMatchObject({ hits: 28, n: 32, subjects: 8 });
    expect(wedge?.slices.accuracy.harmless).toMatchObject({ hits: 28 });
    expect(wedge?.slices.surelyWrong.every(({ subject }) => subject === 'subject 111')).toBe(true);
    expect(wedge?.consistency).toMatchObject({ pictures: 32, sameCode: 1, exact: true });
    expect(wedge?.copies).toBe('permuting');
    const [series] = wedge?.series ?? [];
    expect(series).toMatchObject({ basis: 'picture', ways: 8 });
    expect(series?.summary).toMatchObject({ series: 8, covered: { hits: 8 }, harmed: { hits: 1 } });
    expect(series?.summary.changedStandard).toMatchObject({ hits: 1, n: 8 });
    expect(wedge?.speed?.oneThread.median).toBeGreaterThan(0);
  });

  test('prints the figures alone on standard output and writes the report', async () => {
    const report = join(root, 'report.html');
    const { code, stdout, stderr } = await ran(join(root, 'wedges'), '--report', report, '--no-turn-all');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Slices, cine: right or harmless +87\.5 % \(28 of 32\)/);
    expect(stderr).toContain('wedge: wedges, 32 pictures');
    expect(await readFile(report, 'utf8')).toContain('Evaluation of wedge');
  });

  test('measures the subjects of one part of a split', async () => {
    const split = join(root, 'split.json');
    const held = { wedges: ['subject 000', 'subject 101'] };
    await writeFile(split, JSON.stringify({ train: { wedges: ['subject 111'] }, 'held-out': held }));
    const { models, folders, part } = await evaluated(join(root, 'wedges'), '--subjects', `${split}:held-out`);
    expect(part).toBe('held-out');
    expect(folders).toMatchObject([{ pictures: 8, subjects: 2 }]);
    expect(models[0]?.slices.accuracy.strict).toMatchObject({ hits: 8, n: 8 });
  });

  test('refuses a part that names nobody of a folder', async () => {
    const split = join(root, 'elsewhere.json');
    await writeFile(split, JSON.stringify({ train: { 'another set': ['subject 111'] } }));
    const { code, stderr } = await ran(join(root, 'wedges'), '--subjects', `${split}:train`);
    expect(code).toBe(2);
    expect(stderr).toContain('holds no subject of the part train');
  });

  test('gives predictions that were made elsewhere the same figures as the model that made them', async () => {
    const { models } = await evaluated(join(root, 'wedges'));
    const predictions = join(root, 'predictions.jsonl');
    const lines = models[0]?.judged.map(({ file, prediction }) => JSON.stringify({ file, ...prediction }));
    await writeFile(predictions, (lines ?? []).slice(4).join('\n'));
    const again = await evaluated(join(root, 'wedges'), '--predictions', predictions, '--turn-all');
    const [given] = again.models;
    expect(given).toMatchObject({ unpredicted: 4, copies: 'assuming', recogniser: { name: 'predictions.jsonl' } });
    expect(given?.slices.accuracy.strict).toMatchObject({ hits: 24, n: 28 });
    expect(given?.series[0]?.summary.harmed).toMatchObject({ hits: 1, n: 7 });
    expect(given?.slices.wrong).toBe(models[0]?.slices.wrong);
  });

  test('decides a folder of DICOM with its geometry and without, and finds its truth in its headers', async () => {
    const folder = join(root, 'made-up');
    const options = { seed: 'evaluate', study: 'evaluate', matrix: SMALL_MATRIX } as const;
    const cine = { ...options, plane: 'sax', sequence: 'T2', slices: 4 } as const;
    await writePart10(phantomSeries({ ...cine, code: '110' }), join(folder, 'turned'));
    await writePart10(phantomSeries({ ...options, plane: '4ch', sequence: 'cine', phases: 2 }), join(folder, 'long'));
    vi.stubEnv('CMR_NODE_INFERENCE_MODELS_DIR', join(process.cwd(), 'models'));
    const { models, folders } = await evaluated(folder, '--model', 'orientation-open', '--turn-all');
    vi.stubEnv('CMR_NODE_INFERENCE_MODELS_DIR', join(root, 'models'));
    expect(folders).toMatchObject([{ truth: 'header', pictures: 6, withCode: 4, withGeometry: 6 }]);
    const [geometry, picture] = models[0]?.series ?? [];
    expect([geometry?.basis, geometry?.ways, picture?.basis, picture?.ways]).toEqual(['geometry', 8, 'picture', 8]);
    expect(geometry?.series[0]?.truth?.code).toBe('110');
    // By whatever way the series is stored, its header leads back.
    expect(geometry?.series[0]?.outcomes.map(({ named }) => named)).toContain(inverse('101'));
    expect(geometry?.summary.harmed.hits).toBe(0);
    expect(models[0]?.notShortAxis.map(({ summary }) => [summary.turned.hits, summary.turned.n])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  test('measures on made-up pictures too', async () => {
    const { folders } = await evaluated('--phantoms', '12', '--seed', 'x', '--no-turn-all');
    expect(folders).toMatchObject([{ dataSet: 'phantoms-x', pictures: 12 }]);
  });

  test('says what it needs', async () => {
    expect(await ran()).toMatchObject({ code: 2, stderr: expect.stringContaining('labelled folders') });
    expect(await ran(join(root, 'wedges'), '--model', 'none')).toMatchObject({ code: 2 });
    const two = [join(root, 'wedges'), join(root, 'models')];
    expect(await ran(...two, '--labels', 'x.csv')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--labels'),
    });
    const nowhere = join(root, 'missing', 'report.html');
    expect(await ran(join(root, 'wedges'), '--report', nowhere)).toMatchObject({ code: 2 });
  });
});
