import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Classifier } from '../../src/app/ports.ts';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { type StartClassifierOptions, startClassifier } from '../../src/inference/start-classifier.ts';
import { DIES_ON_ROWS, HANGS_ON_ROWS } from '../support/faulty-classifier-process.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { turnedImage } from '../support/turned-image.ts';
import { mostLikely, wedgeImage, writeWedgeModel } from '../support/wedge-model.ts';

const FAULTY = new URL('../support/faulty-classifier-process.ts', import.meta.url);
const OWNER = fileURLToPath(new URL('../support/classifier-owner.ts', import.meta.url));

let modelFolder: string;
let log: ReturnType<typeof recordedLog>;
const started: Classifier[] = [];

beforeAll(async () => {
  modelFolder = await writeWedgeModel(await mkdtemp(join(tmpdir(), 'start-classifier-')));
});
afterEach(() => Promise.all(started.splice(0).map((classifier) => classifier.close())));
afterAll(() => rm(modelFolder, { recursive: true }));

async function start(options: Partial<StartClassifierOptions> = {}): Promise<Classifier> {
  log = recordedLog();
  const site = { modelFolder, executionProviders: ['cpu'], requireGpu: false, threads: 1, log };
  const classifier = await startClassifier({ ...site, ...options });
  started.push(classifier);
  return classifier;
}

function eventsOf(event: string) {
  return log.events.filter((each) => each.event === event).map(({ details }) => details);
}

function blank(rows: number) {
  return { rows, columns: 2, rowSpacingMm: 1, columnSpacingMm: 1, samples: new Float32Array(rows * 2) };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('startClassifier', () => {
  test('classifies more pictures than one batch, in their order, and several calls at once', async () => {
    const classifier = await start();
    const turns = Array.from({ length: 70 }, (_, i) => ORIENTATION_CODES[(i * 3) % 8] ?? '000');
    const standard = wedgeImage({ rows: 70, columns: 60, rowSpacingMm: 1.3, columnSpacingMm: 1.6 });
    const images = turns.map((code) => turnedImage(standard, code));
    const answers = await Promise.all([
      classifier.classify(images),
      classifier.classify(images.slice(0, 5)),
      classifier.classify([]),
    ]);
    const codes = answers.map((predictions) => predictions.map(({ probabilities }) => mostLikely(probabilities)));
    expect(codes).toEqual([turns, turns.slice(0, 5), []]);
    expect(classifier.model).toMatchObject({ name: 'wedge', version: '1', provider: 'cpu' });
    expect(classifier.model.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the loop of this process goes on while pictures are classified', async () => {
    const classifier = await start();
    const image = wedgeImage({ rows: 512, columns: 512, rowSpacingMm: 0.7, columnSpacingMm: 0.7 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const before = performance.now();
    await classifier.classify(Array.from({ length: 64 }, () => image));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan((performance.now() - before) / 5 / 4);
  });

  test('a provider that is not there is named in the log and skipped', async () => {
    const classifier = await start({ executionProviders: ['abacus', 'cpu'] });
    expect(classifier.model.provider).toBe('cpu');
    expect(eventsOf('classifier-provider-skipped')).toEqual([
      { provider: 'abacus', reason: expect.stringContaining('abacus') },
    ]);
    expect(eventsOf('classifier-ready')).toHaveLength(1);
  });

  test('a provider that throws and one that ends its process are skipped', async () => {
    const classifier = await start({ executionProviders: ['throwing', 'dying', 'cpu'], childUrl: FAULTY });
    expect(classifier.model.provider).toBe('cpu');
    expect(eventsOf('classifier-provider-skipped')).toEqual([
      { provider: 'throwing', reason: 'no such driver' },
      { provider: 'dying', reason: expect.stringMatching(/signal SIGSEGV; it last wrote: driver fault/) },
    ]);
  });

  test('a model whose use is restricted says so, in the log once and as long as it runs', async () => {
    const restricted = await writeWedgeModel(join(modelFolder, 'restricted'), (manifest) => ({
      ...manifest,
      usage: 'teaching only',
    }));
    const classifier = await start({ modelFolder: restricted });
    expect(eventsOf('model-restricted')).toEqual([{ model: 'wedge', usage: 'teaching only' }]);
    expect(classifier.model.usage).toBe('teaching only');
    expect((await start()).model).not.toHaveProperty('usage');
    expect(eventsOf('model-restricted')).toEqual([]);
  });

  test('requireGpu refuses the CPU, and says what was wrong with the rest', async () => {
    await expect(start({ requireGpu: true })).rejects.toMatchObject({ code: 'provider-unavailable' });
    // `cuda` is no fault of the faulty child, so it stands for a working driver.
    const classifier = await start({ executionProviders: ['cpu', 'cuda'], requireGpu: true, childUrl: FAULTY });
    expect(classifier.model.provider).toBe('cuda');
    await expect(start({ executionProviders: ['dying'], childUrl: FAULTY })).rejects.toThrow(/dying: .*SIGSEGV/);
  });

  test('weights that do not match their manifest are refused before anything is started', async () => {
    const spoiled = await writeWedgeModel(join(modelFolder, 'spoiled'), (manifest) => ({
      ...manifest,
      sha256: '0'.repeat(64),
    }));
    await expect(start({ modelFolder: spoiled })).rejects.toMatchObject({ code: 'model-invalid' });
  });

  test('a picture that makes no sense is refused by name, and the next call is served', async () => {
    const classifier = await start();
    await expect(classifier.classify([{ ...blank(3), columns: 5 }])).rejects.toMatchObject({
      code: 'pixel-data-mismatch',
    });
    await expect(classifier.classify([blank(3)])).resolves.toHaveLength(1);
  });
});

describe('a recogniser whose process died', () => {
  test('rejects the calls that were under way and serves the next one', async () => {
    const classifier = await start({ executionProviders: ['cpu'], childUrl: FAULTY });
    const failing = [classifier.classify([blank(DIES_ON_ROWS)]), classifier.classify([blank(2)])];
    const results = await Promise.allSettled(failing);
    expect(results[0]).toMatchObject({ status: 'rejected', reason: { code: 'classifier-failed' } });
    await expect(classifier.classify([blank(4), blank(5)])).resolves.toMatchObject([{ sax: 4 }, { sax: 5 }]);
    expect(eventsOf('classifier-died')).toEqual([{ provider: 'cpu', reason: expect.stringContaining('SIGSEGV') }]);
    expect(eventsOf('classifier-restarted')).toHaveLength(1);
  });

  test('that was killed between two calls is started again', async () => {
    const classifier = await start();
    const [ready] = eventsOf('classifier-ready');
    process.kill(ready?.['pid'] as number, 'SIGKILL');
    await vi.waitFor(() => expect(eventsOf('classifier-died')).toHaveLength(1));
    await expect(classifier.classify([blank(3)])).resolves.toHaveLength(1);
  });

  test('that gives no answer in time is killed and started again', async () => {
    const classifier = await start({ executionProviders: ['cpu'], childUrl: FAULTY, batchTimeoutMs: 300 });
    await expect(classifier.classify([blank(HANGS_ON_ROWS)])).rejects.toThrow(/no answer within 0.3 s/);
    await expect(classifier.classify([blank(6)])).resolves.toMatchObject([{ sax: 6 }]);
  });

  test('is not started again once it is closed', async () => {
    const classifier = await start({ executionProviders: ['cpu'], childUrl: FAULTY });
    const hanging = classifier.classify([blank(HANGS_ON_ROWS)]);
    const rejected = expect(hanging).rejects.toMatchObject({ code: 'classifier-failed' });
    await classifier.close();
    await rejected;
    await expect(classifier.classify([blank(2)])).rejects.toThrow(/closed/);
    expect(eventsOf('classifier-died')).toEqual([]);
  });

  test('ends by itself when the process that started it is gone', async () => {
    const owner = spawn(process.execPath, ['--import', 'tsx', OWNER, modelFolder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const child = Number(line.toString());
    expect(isRunning(child)).toBe(true);
    owner.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(child)).toBe(false), { timeout: 5000, interval: 50 });
  });
});
