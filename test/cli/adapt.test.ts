import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { adaptationReportSchema, comparison } from '../../src/cli/adaptation-report.ts';
import { runCommand } from '../../src/cli/program.ts';
import { readModelManifest, readModelWeights } from '../../src/inference/model-manifest.ts';
import { openOrientationSession } from '../../src/inference/orientation-session.ts';
import { requirePython } from '../support/python.ts';
import { writeSiteFolder } from '../support/site-folder.ts';
import { writeUntrainedModel } from '../support/untrained-model.ts';

const python = requirePython('torch', 'numpy', 'scipy');
const SUBJECTS = ['Person A', 'Person B', 'Person C', 'Person D', 'Person E'];

let root: string;
/** A labelled folder of five subjects. */
let site: string;
let base: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'adapt-'));
  [site, base] = [join(root, 'site'), join(root, 'models', 'base')];
  await writeSiteFolder(site, SUBJECTS);
  if (python !== undefined) writeUntrainedModel(base, python);
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cmrNode(...words: string[]): Promise<Ran> {
  const told = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      told[stream] += String(text);
      return true;
    }),
  );
  const code = await runCommand(words);
  for (const spy of spies) spy.mockRestore();
  return { code, ...told };
}

function adapt(folder: string, name: string, ...words: string[]): Promise<Ran> {
  const out = join(root, 'models', name);
  return cmrNode('adapt', folder, '--base', base, '--out', out, '--python', python ?? 'python3', ...words);
}

const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
const namesIn = async (folder: string) => (await readdir(folder)).sort();

describe.skipIf(python === undefined)('cmr-node adapt', { timeout: 120_000 }, () => {
  test('writes a new model beside the old one, measured beside it, and changes nothing else', async () => {
    const before = await hashOf(join(base, 'model.onnx'));
    const ran = await adapt(site, 'ward-3', '--steps', '24', '--keep-anyway');
    expect(ran.stderr).toContain('On 1 subjects held back');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toBe(`inference: { modelsDir: "${join(root, 'models')}", model: ward-3 }\n`);
    expect(await namesIn(join(root, 'models'))).toEqual(['base', 'ward-3']);
    expect(await hashOf(join(base, 'model.onnx'))).toBe(before);

    const adapted = join(root, 'models', 'ward-3');
    expect(await namesIn(adapted)).toEqual([
      'MODEL_CARD.md',
      'adaptation.json',
      'manifest.json',
      'model.onnx',
      'weights.pt',
    ]);
    const [old, manifest] = [await readModelManifest(base), await readModelManifest(adapted)];
    expect(manifest).toMatchObject({
      name: 'ward-3',
      version: `${old.version}+adapted`,
      licence: 'a licence of its own',
      usage: 'tests only',
      trainedOn: [...old.trainedOn, "adapted on 4 subjects of a site's own series"],
    });
    expect(manifest.sha256).not.toBe(old.sha256);
    // Opening it proves that ONNX Runtime gives the reference outputs.
    const session = await openOrientationSession(manifest, await readModelWeights(manifest), {
      provider: 'cpu',
      threads: 1,
    });
    await session.close();

    const report = adaptationReportSchema.parse(JSON.parse(await readFile(join(adapted, 'adaptation.json'), 'utf8')));
    expect(report.heldBack.base.slices).toBe(report.heldBack.adapted.slices);
    const card = await readFile(join(adapted, 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain('a licence of its own');
    expect(card).toContain('| held back: measure | 1 |');
    for (const file of await namesIn(adapted)) {
      expect((await readFile(join(adapted, file))).includes('Person'), `${file} names somebody`).toBe(false);
    }
    expect(ran.stderr).not.toContain('Person');
  });

  test('keeps nothing where the new model is not better', async () => {
    const ran = await adapt(site, 'no-step', '--steps', '0');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toContain('NOT BETTER there: no figure is better');
    expect(await namesIn(join(root, 'models'))).not.toContain('no-step');
  });

  test('refuses too few subjects, and says how many are needed', async () => {
    const few = join(root, 'few');
    await writeSiteFolder(few, SUBJECTS.slice(0, 3));
    const ran = await adapt(few, 'few-subjects');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('of 3 subjects; with 0.25 of them held back, at least 4 subjects are needed');
    expect((await namesIn(join(root, 'models'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('divides whole subjects, and none of the parts is empty', () => {
    const script = `
import json
from adapt_split import LEAST_SUBJECTS, TooFewSubjects, split, sizes
from tensors import Picture
def people(n): return [Picture(None, None, "", "", str(i), "", "", "", code="000", short_axis=True) for i in range(n) for _ in range(3)]
def tried(n, share):
    try: parts = split(people(n), share, 7)
    except TooFewSubjects as error: return str(error).split("at least ")[1]
    return [sorted({p.subject for p in part}) for part in (parts.train, parts.choose, parts.held_back)]
print(json.dumps([tried(8, 0.25), tried(5, 0.05), tried(4, 0.9)]))`;
    const told = execFileSync(python as string, ['-B', '-c', script], { cwd: 'models/training', encoding: 'utf8' });
    const [eight, five, four] = JSON.parse(told);
    expect(eight.map((part: string[]) => part.length)).toEqual([5, 1, 2]);
    expect(eight.flat().sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect([five, four]).toEqual(['10 subjects are needed', '26 subjects are needed']);
  });

  test('calls a model better only where no figure that guards patients is worse, and one is better', () => {
    const script = `
import json
from adapt_report import faults
same = dict(harmless=0.9, seriesRight=3, shortAxesTaken=0.9, othersTaken=0.1, logLoss=0.5)
changes = [dict(), dict(logLoss=0.4), dict(harmless=0.95, logLoss=0.6), dict(logLoss=0.4, seriesRight=2),
           dict(logLoss=0.4, shortAxesTaken=0.8), dict(logLoss=0.4, othersTaken=0.2)]
print(json.dumps([len(faults(same, same | change)) for change in changes]))`;
    const told = execFileSync(python as string, ['-B', '-c', script], { cwd: 'models/training', encoding: 'utf8' });
    expect(JSON.parse(told)).toEqual([1, 0, 0, 1, 1, 1]);
  });

  test('refuses weights that are not those of the base', async () => {
    const other = join(root, 'models', 'other-weights');
    await cp(base, other, { recursive: true });
    const manifest = JSON.parse(await readFile(join(other, 'manifest.json'), 'utf8'));
    manifest.reference[0].outputs.sax_logit[0] += 0.5;
    await writeFile(join(other, 'manifest.json'), JSON.stringify(manifest));
    const ran = await adapt(site, 'wrong-weights', '--base', other);
    expect(ran.code).toBe(78);
    expect(ran.stderr).toContain('weights.pt of base does not give the sax_logit that its manifest tells');
    await rm(other, { recursive: true });
  });
});

describe('cmr-node adapt, before it trains', () => {
  /** Programs in the place of Python, and a base that only lacks the training. */
  async function standIns(): Promise<{ python: (missing: string) => Promise<string>; model: string }> {
    const model = join(root, 'stand-in');
    await cp('models/orientation-open', model, { recursive: true });
    await writeFile(join(model, 'weights.pt'), '');
    return {
      model,
      async python(missing) {
        const file = join(root, `python-without-${missing || 'nothing'}`);
        await writeFile(file, `#!/bin/sh\necho ${missing}\n`);
        await chmod(file, 0o755);
        return file;
      },
    };
  }

  test('never replaces a folder', async () => {
    const ran = await cmrNode('adapt', site, '--out', site);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('it is there already, and no model is replaced');
  });

  test('names what the base and the machine lack', async () => {
    const { model, python: pythonWithout } = await standIns();
    const words = ['adapt', site, '--out', join(root, 'new'), '--base', model, '--python'];
    const noTorch = await cmrNode(...words, await pythonWithout('torch'));
    expect(noTorch.code).toBe(78);
    expect(noTorch.stderr).toContain(
      'python-without-torch has no torch: training needs Python 3 with numpy, scipy, torch',
    );
    const noPython = await cmrNode(...words, 'python-of-nowhere');
    expect(noPython.code).toBe(78);
    expect(noPython.stderr).toContain('python-of-nowhere cannot be run');
    await rm(join(model, 'weights.pt'));
    const noWeights = await cmrNode(...words, await pythonWithout(''));
    expect(noWeights).toMatchObject({ code: 78 });
    expect(noWeights.stderr).toContain('weights.pt');
  });

  test('names row and column of a wrong label', async () => {
    const { model, python: pythonWithout } = await standIns();
    const labels = join(root, 'wrong.csv');
    const text = await readFile(join(site, 'labels.csv'), 'utf8');
    await writeFile(labels, `${text.trimEnd()}\nfurther.png,Person F,,,cine,012,yes,1 1\n`);
    const out = join(root, 'mislabelled');
    const python = await pythonWithout('');
    const ran = await cmrNode('adapt', site, '--labels', labels, '--out', out, '--base', model, '--python', python);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`line ${text.trimEnd().split('\n').length + 1} of the labels: code is not one of`);
    expect(ran.stderr).not.toContain('Person');
  });
});

test('the comparison says in words that the new model is worse', () => {
  const figures = {
    slices: 20,
    right: 0.95,
    harmless: 1,
    ece: 0.02,
    series: 3,
    seriesRight: 3,
    degreesOff: null,
    shortAxesTaken: 1,
    othersTaken: null,
  };
  const report = {
    formatVersion: 1,
    base: { name: 'base', version: '1' },
    parts: { heldBack: { subjects: 3 } },
    heldBack: { base: figures, adapted: { ...figures, seriesRight: 2, degreesOff: 4.5 } },
    faults: ['series right: 3 before, 2 now'],
  } as const;
  expect(comparison({ ...report, faults: [...report.faults] }, 'ward-3').split('\n')).toEqual([
    'On 3 subjects held back, 20 slices:',
    '                               base     ward-3',
    '  slices right                 95.0 %   95.0 %',
    '  slices right or harmless     100.0 %  100.0 %',
    '  series right                 3 of 3   2 of 3',
    '  calibration error            0.020    0.020',
    '  in-plane angle off by        -        4.5°',
    '  short axes taken for such    100.0 %  100.0 %',
    '  others taken for short axes  -        -',
    'It is NOT BETTER there: series right: 3 before, 2 now.',
    '',
  ]);
});
