import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPredictions } from '../../src/evaluation/predictions-file.ts';
import { readSplitPart } from '../../src/evaluation/subject-split.ts';
import { sureOf } from '../support/arbitraries.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'split-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: unknown): Promise<string> {
  const path = join(folder, 'given.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('a part of a split', () => {
  it('has its subjects, each of its data set', async () => {
    const path = await file({ train: { cine: ['a', 'b'] }, 'held-out': { cine: ['c'], lge: ['a'] } });
    const part = await readSplitPart(`${path}:held-out`);
    expect(part.name).toBe('held-out');
    expect([part.has('cine', 'c'), part.has('lge', 'a'), part.has('cine', 'a'), part.has('t2', 'c')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('may be a plain list, of whatever data set', async () => {
    const part = await readSplitPart(`${await file({ one: ['a'], two: ['b'] })}:two`);
    expect(part.has('any', 'b')).toBe(true);
    expect(part.has('any', 'a')).toBe(false);
  });

  it.each([
    [{ train: { cine: ['x', 'secret'] }, test: { cine: ['secret'] } }, 'number 2 of train, cine is number 1 of test'],
    [{ train: ['secret'], test: { cine: ['secret'] } }, 'number 1 of train is number 1 of test, cine'],
  ])('is refused where one subject is in two parts, without naming it', async (split, message) => {
    const error = await readSplitPart(`${await file(split)}:test`).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('one subject in two parts');
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('secret');
  });

  it.each([
    [{ train: ['a'] }, 'held-out', 'has no part held-out with subjects; there are: train'],
    [[], 'train', 'is not { part'],
    ['{', 'train', 'is not JSON'],
  ])('is refused where it cannot be read: %j', async (content, part, message) => {
    await expect(readSplitPart(`${await file(content)}:${part}`)).rejects.toThrow(message);
  });

  it('needs a file and a part', async () => {
    await expect(readSplitPart('split.json')).rejects.toThrow('FILE:PART');
    await expect(readSplitPart(join(folder, 'missing.json:part'))).rejects.toThrow('cannot be read');
  });
});

describe('predictions that were made elsewhere', () => {
  const line = (more: object) => JSON.stringify({ probabilities: sureOf('101', 0.9), ...more });

  it('are found by file, and by data set where that is named', async () => {
    const path = await file(
      [
        line({ file: 'a.png', sax: 0.8, angleDegrees: null }),
        '',
        line({ file: 'b.png', set: 'lge', quality: { heart: 1 } }),
      ].join('\n'),
    );
    const predictions = await readPredictions(path);
    expect(predictions.count).toBe(2);
    expect(predictions.of('cine', 'a.png')).toEqual({ probabilities: sureOf('101', 0.9), sax: 0.8 });
    expect(predictions.of('lge', 'b.png')?.quality).toEqual({ heart: 1 });
    expect(predictions.of('cine', 'b.png')).toBeUndefined();
  });

  it.each([
    [line({ file: 'a.png', sax: 2 }), 'line 1 of the predictions is wrong: sax'],
    [line({ file: 'a.png', probabilities: [1] }), 'line 1 of the predictions is wrong: probabilities'],
    [line({ file: 'a.png', probabilities: sureOf('000', 0.9).map((one) => one / 2) }), 'do not add up to one'],
    [`${line({ file: 'a.png' })}\n${line({ file: 'a.png' })}`, 'line 2 of the predictions names a file again'],
    ['{', 'line 1 of the predictions is not JSON'],
  ])('are refused with the line: %s', async (content, message) => {
    await expect(readPredictions(await file(content))).rejects.toThrow(message);
  });

  it('must be there', async () => {
    await expect(readPredictions(join(folder, 'missing.jsonl'))).rejects.toThrow('cannot be read');
  });
});
