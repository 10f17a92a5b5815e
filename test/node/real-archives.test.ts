import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PhantomInstance, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { dcmtk, hasDcmtk, type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { editedDataSet } from '../support/edited-data-set.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { readNifti, voxelsThatDiffer } from '../support/nifti-volume.ts';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { parsePart10, type ReadFile, readPart10, writePart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';
import { requireTool } from '../support/tools.ts';

const SEED = 'real archives';
const MATRIX = { rows: 120, columns: 144, rowSpacingMm: 2.36, columnSpacingMm: 2.36 };

/** De-identified series of the field: components of UIDs that begin with 0, no description (PS3.5 9.1 forbids the first). */
function oddlyNamed(instance: PhantomInstance, number: number): PhantomInstance {
  const sopInstanceUid = `1.2.826.0.1.3680043.001.${number}.007`;
  const dataSet = editedDataSet(instance.dataSet, {
    '00080018': { vr: 'UI', value: sopInstanceUid },
    '0020000e': { vr: 'UI', value: '1.2.826.0.1.3680043.001' },
    '0008103e': { vr: 'LO', value: '' },
    '00181030': { vr: 'LO', value: '' },
    '00200010': { vr: 'SH', value: '' },
  });
  return { ...instance, sopInstanceUid, dataSet };
}

describe.skipIf(!hasDcmtk || requireOrthanc() === undefined)('the node between storescu and three archives', () => {
  let site: NodeSite;
  let node: RunningNode;
  let storescp: Storescp;
  let byDimse: Orthanc;
  let byStow: Orthanc;
  let sent: ReadFile[];
  let atStorescp: ReadFile[];
  let turnedSeries: string;

  beforeAll(async () => {
    site = await nodeSite();
    const series = { seed: SEED, matrix: MATRIX };
    const turned = phantomSeries({ ...series, plane: 'sax', sequence: 'cine', phases: 2, code: '110' });
    turnedSeries = turned[0]?.seriesInstanceUid ?? '';
    const others = [
      ...phantomSeries({ ...series, plane: 'axial', sequence: 'scout', slices: 2, seriesNumber: 2 }),
      ...phantomSeries({ ...series, plane: '4ch', sequence: 'cine', phases: 2, seriesNumber: 3 }),
      ...phantomSeries({ ...series, plane: 'sax', sequence: 'T2', slices: 6, seriesNumber: 4 }),
      ...phantomSeries({ ...series, plane: 'sax', sequence: 'LGE', slices: 3, seriesNumber: 5, code: '010' }).map(
        oddlyNamed,
      ),
    ];
    await writePart10(turned, join(site.folder, 'sent', 'turned'));
    await writePart10(others, join(site.folder, 'sent', 'others'));
    sent = await readPart10(join(site.folder, 'sent'));
    [storescp, byDimse, byStow] = await Promise.all([
      startStorescp(join(site.folder, 'storescp')),
      startOrthanc(),
      startOrthanc(),
    ]);
    await site.configure({ destinations: destinations() });
    node = await site.start();
    const stored = await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', '+r', ...peer(), join(site.folder, 'sent'));
    expect(stored).toMatchObject({ code: 0 });
    await eventually(
      async () => [(await readPart10(storescp.folder)).length, await byDimse.count(), await byStow.count()],
      (counts) => counts.every((count) => count >= sent.length),
      { what: `${sent.length} instances in three archives` },
    );
    atStorescp = await readPart10(storescp.folder);
  });

  afterAll(async () => {
    await Promise.all([storescp?.stop(), byDimse?.stop(), byStow?.stop()]);
    await site?.remove();
  });

  const peer = (): string[] => ['127.0.0.1', String(node.dimsePort)];

  function destinations(): object[] {
    const dimse = { type: 'dimse', host: '127.0.0.1', default: true };
    return [
      { ...dimse, name: 'dcmtk', port: storescp.port, calledAeTitle: 'ARCHIVE', concurrency: 1 },
      { ...dimse, name: 'orthanc', port: byDimse.dimsePort, calledAeTitle: 'ORTHANC' },
      { name: 'web', type: 'stow', url: byStow.dicomWebUrl, default: true },
    ];
  }

  async function heldBy(orthanc: Orthanc): Promise<ReadFile[]> {
    const uids = await orthanc.sopInstanceUids();
    return Promise.all(uids.map(async (uid) => parsePart10(await orthanc.fetchFile(uid))));
  }

  it('turns the short axis as one and keeps every sample at its patient coordinate, in every archive', async () => {
    for (const archived of [atStorescp, await heldBy(byDimse), await heldBy(byStow)]) {
      const verdict = judgeGeometry(sent, archived);
      expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: 20 });
      expect(archived).toHaveLength(sent.length);
      expect(verdict.operations.get(turnedSeries)).toEqual(new Set(['101']));
    }
  });

  it('delivers everything else with its data set byte for byte', () => {
    const bytes = new Map(sent.map(({ sopInstanceUid, sha256 }) => [sopInstanceUid, sha256]));
    const asReceived = atStorescp.filter(({ sopInstanceUid }) => bytes.has(sopInstanceUid));
    expect(asReceived).toHaveLength(sent.length - 20);
    for (const { sopInstanceUid, sha256 } of asReceived) expect(sha256).toBe(bytes.get(sopInstanceUid));
  });

  it('adds no error to what dciodvfy finds', async () => {
    if (requireTool('dciodvfy') === undefined) return;
    const errorsOf = async (file: ReadFile | undefined) =>
      (await dcmtk('dciodvfy', file?.path ?? '')).output.split('\n').filter((line) => line.startsWith('Error'));
    const source = sent.find(({ seriesInstanceUid }) => seriesInstanceUid === turnedSeries);
    const known = await errorsOf(source);
    const derived = atStorescp.filter((file) => file.elements.elements['x00082112'] !== undefined);
    expect(derived).toHaveLength(20);
    for (const file of [derived[0], derived[7], derived[19]]) {
      expect((await errorsOf(file)).filter((line) => !known.includes(line))).toEqual([]);
    }
  });

  it('gives a volume that agrees with the one sent, voxel by voxel in world space', async () => {
    if (requireTool('dcm2niix') === undefined) return;
    const turned = join(site.folder, 'turned');
    const derived = atStorescp.filter((file) => file.elements.elements['x00082112'] !== undefined);
    await writePart10(derived.map(sendable), turned);
    const before = await volumesOf(join(site.folder, 'sent', 'turned'));
    const after = await volumesOf(turned);
    expect(before.length).toBeGreaterThan(0);
    expect(after).toHaveLength(before.length);
    for (const [i, volume] of before.entries()) {
      expect(volume.size.slice(2)).toEqual([10, before.length === 1 ? 2 : 1]);
      expect(voxelsThatDiffer(volume, after[i] as typeof volume)).toBe(0);
    }
  });

  async function volumesOf(folder: string): Promise<Awaited<ReturnType<typeof readNifti>>[]> {
    const out = `${folder}-nifti`;
    await mkdir(out);
    expect((await dcmtk('dcm2niix', '-b', 'n', '-z', 'n', '-f', 'volume_%t', '-o', out, folder)).code).toBe(0);
    const names = (await readdir(out)).filter((name) => name.endsWith('.nii')).sort();
    return Promise.all(names.map((name) => readNifti(join(out, name))));
  }

  const sendable = ({ elements, sopInstanceUid, dataSet }: ReadFile) => ({
    sopInstanceUid,
    dataSet,
    sopClassUid: elements.string('x00080016') ?? '',
    transferSyntaxUid: elements.string('x00020010') ?? '',
  });

  it('writes no name, number or birth date of the patient to its log', () => {
    expect(node.stderr()).not.toMatch(/Phantom\^Demo|PHANTOM-/);
    expect(node.stdout()).not.toMatch(/Phantom\^Demo|PHANTOM-/);
  });
});
