import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIENTATION_CODES, type OrientationCode } from '../../src/core/orientation/d4.ts';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import type { DecisionRecord } from '../../src/store/decisions.ts';
import { dcmtk, hasDcmtk } from '../dimse/dcmtk.ts';
import { decisionsOnRecord } from '../support/decisions-on-record.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { type ReadFile, readPart10, writePart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

const SLICES = 4;
const CORRECTIONS: Partial<Record<OrientationCode, string>> = { '101': '110', '110': '101' };

describe.skipIf(!hasDcmtk)('what the node decides', () => {
  let site: NodeSite;
  let node: RunningNode;
  let sent: ReadFile[];
  let archived: ReadFile[];
  const honest = new Map(ORIENTATION_CODES.map((code) => [code, shortAxis(`honest ${code}`, { code })]));
  const upsideDown = shortAxis('lying 011', { slices: SLICES, code: '011', header: 'lying', sequence: 'LGE' });
  const mirrored = shortAxis('lying 001', { code: '001', header: 'lying', slices: 10 });
  const inversus = shortAxis('inversus', { code: '000', situs: 'inversus', slices: 8 });
  const research = shortAxis('research', { code: '110' });
  const clinical = [...honest.values(), upsideDown, mirrored, inversus];

  beforeAll(async () => {
    site = await nodeSite({
      routing: [{ name: 'research', when: { callingAeTitles: ['RESEARCH'] }, mode: 'observe' }],
    });
    node = await site.start();
    await send('SCANNER', clinical.flat());
    await send('RESEARCH', research);
    sent = await readPart10(join(site.folder, 'sent'));
    archived = await eventually(
      () => readPart10(join(site.dataDir, 'archive')),
      (files) => files.length >= sent.length,
      { what: `${sent.length} instances` },
    );
  });

  afterAll(() => site?.remove());

  async function send(callingAeTitle: string, instances: readonly PhantomInstance[]): Promise<void> {
    const folder = join(site.folder, 'sent', callingAeTitle);
    await writePart10(instances, folder);
    const parameters = ['-aet', callingAeTitle, '-aec', 'CMR_NODE', '+sd', '127.0.0.1', String(node.dimsePort), folder];
    expect(await dcmtk('storescu', ...parameters)).toMatchObject({ code: 0 });
  }

  const uidOf = (series: readonly PhantomInstance[]): string => series[0]?.seriesInstanceUid ?? '';

  async function decisionOn(series: readonly PhantomInstance[]): Promise<DecisionRecord | undefined> {
    return (await decisionsOnRecord(site, [uidOf(series)]))[0];
  }

  /** What the archive has of a series: the results where it was turned, in the order of the slices. */
  const archivedOf = (series: readonly PhantomInstance[]): ReadFile[] =>
    series.flatMap(({ sopInstanceUid }) =>
      archived.filter(
        (file) =>
          file.sopInstanceUid === sopInstanceUid ||
          file.elements.elements['x00082112']?.items?.[0]?.dataSet?.string('x00081155') === sopInstanceUid,
      ),
    );

  function operationOn(series: readonly PhantomInstance[]): unknown {
    const sources = sent.filter(({ seriesInstanceUid }) => seriesInstanceUid === uidOf(series));
    const verdict = judgeGeometry(sources, archivedOf(series));
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [] });
    return [...(verdict.operations.get(uidOf(series)) ?? [])];
  }

  it('loses, doubles and moves nothing', () => {
    expect(archived).toHaveLength(sent.length);
    expect(judgeGeometry(sent, archived)).toMatchObject({ lost: [], doubled: [], problems: [] });
  });

  it('recognises each of the eight codes and applies its inverse, once for the whole series', async () => {
    for (const [code, series] of honest) {
      expect(operationOn(series)).toEqual([CORRECTIONS[code] ?? code]);
      const decision = code === '000' ? 'pass-through' : 'standardize';
      expect(await decisionOn(series)).toMatchObject({ decision, observedCode: code, kind: 'T2', flags: [] });
    }
  });

  it('brings all eight codes into one patient frame and one matrix', () => {
    const standard = archivedOf(honest.get('000') ?? []);
    const geometry = ({ elements }: ReadFile) =>
      ['x00200032', 'x00200037', 'x00280030'].flatMap((tag) => (elements.string(tag) ?? '').split('\\').map(Number));
    const pixels = ({ dataSet }: ReadFile) => dataSet.subarray(dataSet.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0])));
    for (const series of honest.values()) {
      const files = archivedOf(series);
      expect(files).toHaveLength(SLICES);
      for (const [i, file] of files.entries()) {
        for (const [j, value] of geometry(standard[i] as ReadFile).entries()) {
          expect(geometry(file)[j]).toBeCloseTo(value, 3);
        }
        const { elements } = file;
        expect([elements.uint16('x00280010'), elements.uint16('x00280011')]).toEqual([120, 144]);
        expect(pixels(file).equals(pixels(standard[i] as ReadFile))).toBe(true);
      }
    }
  });

  it('leaves a header that contradicts a sure picture alone, flags it and counts it', async () => {
    for (const series of [upsideDown, mirrored]) {
      expect(operationOn(series)).toEqual(['000']);
      const decision = await decisionOn(series);
      expect(decision).toMatchObject({ decision: 'pass-through', correction: null });
      expect(decision?.flags).toContain('contradiction');
    }
    const alerts = node.log().filter(({ event, alert }) => event === 'series-decided' && alert === true);
    expect(alerts.map(({ seriesInstanceUid }) => seriesInstanceUid)).toContain(uidOf(upsideDown));
  });

  it('leaves a mirrored body with an honest header alone', async () => {
    expect(operationOn(inversus)).toEqual(['000']);
    expect(await decisionOn(inversus)).toMatchObject({ decision: 'pass-through', correction: null });
  });

  it('only says what it would have done where a rule for the calling AE title says observe', async () => {
    expect(operationOn(research)).toEqual(['000']);
    const decision = await decisionOn(research);
    expect(decision).toMatchObject({
      mode: 'observe',
      decision: 'standardize',
      observedCode: '110',
      correction: '101',
    });
    expect(decision?.flags).toContain('observe');
  });

  it('keeps probabilities, model, thresholds and the header of every decision', async () => {
    const decision = await decisionOn(honest.get('011') ?? []);
    expect(decision?.probabilities).toHaveLength(8);
    expect(decision).toMatchObject({ modelName: 'orientation-open', provider: 'cpu', header: { code: '011' } });
    expect(decision?.modelSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(decision?.thresholds).toHaveProperty('pictureSure', 0.95);
  });

  it('counts decisions by what was decided, why, and of which kind', async () => {
    const metrics = await (await fetch(`${node.httpUrl}/metrics`)).text();
    const counted = metrics.split('\n').filter((line) => line.startsWith('cmr_node_decisions_total{'));
    expect(counted).toContainEqual(
      expect.stringMatching(/decision="pass-through",reason="contradiction",kind="LGE"\} 1$/),
    );
    const total = counted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(total).toBe(clinical.length + 1);
  });

  it('keeps an audit trail that is whole', async () => {
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });
});
