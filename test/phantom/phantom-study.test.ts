import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';
import { demoStudy } from '../../src/phantom/phantom-study.ts';
import { requireTool } from '../support/tools.ts';

const dciodvfy = requireTool('dciodvfy');
const folder = mkdtempSync(join(tmpdir(), 'phantom-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the demo study', () => {
  const series = demoStudy('demo');
  const instances = series.flatMap((one) => one.instances);

  it('is one study of several series, each with its own UID', () => {
    expect(new Set(instances.map(({ studyInstanceUid }) => studyInstanceUid)).size).toBe(1);
    expect(new Set(instances.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(series.length);
    expect(new Set(instances.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(instances.length);
  });

  it('has a turned cine, a standard T2, an LGE behind a lying header, and views that are no short axes', () => {
    const shortAxes = series.map(({ instances: [first] }) => first!.truth).filter(({ plane }) => plane === 'sax');
    expect(shortAxes.map(({ sequence, code, header }) => `${sequence} ${code} ${header}`)).toEqual([
      'cine 110 honest',
      'T2 000 honest',
      'LGE 011 lying',
    ]);
    expect(series.length).toBeGreaterThan(shortAxes.length + 3);
  });

  it('is small', () => {
    const bytes = instances.reduce((sum, { dataSet }) => sum + dataSet.length, 0);
    expect(instances.length).toBeLessThan(100);
    expect(bytes).toBeLessThan(8e6);
  });

  it.skipIf(dciodvfy === undefined)('is valid MR Image Storage by dciodvfy, as is the same in implicit VR', () => {
    const implicit = phantomSeries({ seed: 'demo', plane: 'sax', sequence: 'LGE', slices: 1, encoding: 'implicit' });
    const faults = [...instances, ...implicit].flatMap((instance, i) => {
      const file = join(folder, `${i}.dcm`);
      writeFileSync(file, Buffer.concat([encodeFileMeta(instance), instance.dataSet]));
      const output = execFileSync('sh', ['-c', '"$0" "$1" 2>&1', dciodvfy!, file], { encoding: 'utf8' });
      expect(output).toContain('MRImage');
      return output.split('\n').filter((line) => line.startsWith('Error'));
    });
    expect(faults).toEqual([]);
  });
});
