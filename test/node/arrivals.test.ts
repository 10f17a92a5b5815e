import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PhantomInstance, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { dcmtk, hasDcmtk, type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { decisionsOnRecord } from '../support/decisions-on-record.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { edited, SMALL_MATRIX, shortAxis, unannounced } from '../support/made-up-series.ts';
import { parsePart10, part10Of, type ReadFile, readPart10, writePart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';
import { multipart, post, storedUids } from '../support/stow-request.ts';

describe.skipIf(!hasDcmtk)('how series arrive at the node', () => {
  let site: NodeSite;
  let node: RunningNode;
  let storescp: Storescp;
  let folders = 0;

  beforeAll(async () => {
    site = await nodeSite();
    // A file for each reception, so that what comes twice is seen twice.
    storescp = await startStorescp(join(site.folder, 'archive'));
    const archive = { type: 'dimse', host: '127.0.0.1', port: storescp.port, calledAeTitle: 'ARCHIVE' };
    await site.configure({
      series: { quietSeconds: 0.7, maxWaitSeconds: 60 },
      destinations: [{ ...archive, name: 'dcmtk', concurrency: 1, default: true }],
    });
    node = await site.start();
  });

  afterAll(async () => {
    await storescp?.stop();
    await site?.remove();
  });

  async function send(instances: readonly PhantomInstance[]): Promise<void> {
    const folder = join(site.folder, `sent-${++folders}`);
    await writePart10(instances, folder);
    const done = await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', '127.0.0.1', String(node.dimsePort), folder);
    expect(done).toMatchObject({ code: 0 });
  }

  /** Everything that the archive was sent of a study, in the order of sending. */
  async function received({ studyInstanceUid }: PhantomInstance): Promise<ReadFile[]> {
    const files = await readPart10(storescp.folder);
    const own = files.filter(({ elements }) => elements.string('x0020000d') === studyInstanceUid);
    const when = new Map(own.map(({ path }) => [path, statSync(path, { bigint: true }).mtimeNs]));
    return own.sort((a, b) => Number((when.get(a.path) ?? 0n) - (when.get(b.path) ?? 0n)));
  }

  /** Waits until so many instances of the study have come, and a little longer, so that none comes too many. */
  async function receivedInAll(count: number, instance: PhantomInstance): Promise<ReadFile[]> {
    await eventually(
      () => received(instance),
      (files) => files.length >= count,
      { what: `${count} instances` },
    );
    await delay(300);
    const files = await received(instance);
    expect(files).toHaveLength(count);
    return files;
  }

  const first = (series: readonly PhantomInstance[]): PhantomInstance => series[0] as PhantomInstance;
  const isTurned = ({ elements }: ReadFile): boolean => elements.elements['x00082112'] !== undefined;
  const asFiles = (series: readonly PhantomInstance[]): ReadFile[] => series.map((one) => parsePart10(part10Of(one)));

  async function expectAllTurned(series: readonly PhantomInstance[], archived: readonly ReadFile[]): Promise<void> {
    const verdict = judgeGeometry(asFiles(series), archived);
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: archived.length });
    for (const operations of verdict.operations.values()) expect([...operations]).toEqual(['101']);
  }

  it('takes STOW-RS with the token that was printed, and nothing without', async () => {
    const series = shortAxis('stow');
    const folder = join(site.folder, 'stow');
    const files = await Promise.all((await writePart10(series, folder)).map((path) => readFile(path)));
    const url = `${node.httpUrl}/dicomweb/studies`;
    expect((await post(url, multipart(files))).status).toBe(401);
    expect((await post(url, multipart(files), { Authorization: 'Bearer wrong' })).status).toBe(401);
    const answer = await post(url, multipart(files), { Authorization: `Bearer ${node.token}` });
    expect(answer.status).toBe(200);
    expect(storedUids(answer.json)).toEqual(series.map(({ sopInstanceUid }) => sopInstanceUid));
    await expectAllTurned(series, await receivedInAll(4, first(series)));
  });

  it('decides once where two associations send the halves of a series at the same time', async () => {
    const series = shortAxis('halves', { slices: 6 }).map(unannounced);
    await Promise.all([send(series.slice(0, 3)), send(series.slice(3))]);
    const archived = await receivedInAll(6, first(series));
    await expectAllTurned(series, archived);
    expect(new Set(archived.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(1);
  });

  it('delivers once what was sent again while it waited, and again what was sent again after its delivery', async () => {
    const series = shortAxis('sent again').map(unannounced);
    await send([...series, ...series]);
    const once = await receivedInAll(4, first(series));
    await expectAllTurned(series, once);
    await send(series);
    const twice = await receivedInAll(8, first(series));
    const contents = (files: readonly ReadFile[]) => files.map((file) => `${file.sopInstanceUid} ${file.sha256}`);
    expect(new Set(contents(twice))).toEqual(new Set(contents(once)));
  });

  it('sends a corrected name as a new version of the same derived instance', async () => {
    const series = shortAxis('corrected');
    await send(series);
    const before = await receivedInAll(4, first(series));
    await send(series.map((one) => edited(one, { '00100010': { vr: 'PN', value: 'Phantom^Corrected' } })));
    const after = (await receivedInAll(8, first(series))).slice(4);
    const uids = (files: readonly ReadFile[]) => files.map(({ sopInstanceUid }) => sopInstanceUid).sort();
    expect(uids(after)).toEqual(uids(before));
    expect(new Set(after.map(({ elements }) => elements.string('x00100010')))).toEqual(new Set(['Phantom^Corrected']));
    expect(after.every(isTurned)).toBe(true);
  });

  it('does not turn a series in which one UID came with two pictures, and forwards both in their order', async () => {
    const [one, ...others] = shortAxis('duplicates').map(unannounced) as [PhantomInstance, ...PhantomInstance[]];
    const other = edited(one, { '7fe00010': { vr: 'OW', value: new Uint8Array(120 * 144 * 2).fill(3) } });
    await send([one, ...others, other]);
    const archived = await receivedInAll(5, one);
    expect(archived.some(isTurned)).toBe(false);
    const ofOne = archived.filter(({ sopInstanceUid }) => sopInstanceUid === one.sopInstanceUid);
    expect(ofOne.map(({ dataSet }) => dataSet.equals(one.dataSet))).toEqual([true, false]);
    const [decision] = await decisionsOnRecord(site, [one.seriesInstanceUid]);
    expect(decision?.flags).toContain('duplicate-uid');
  });

  it('forwards a picture that comes under the UID of one already turned as it was received, with an alert', async () => {
    const series = shortAxis('late duplicate');
    await send(series);
    await receivedInAll(4, first(series));
    const other = edited(first(series), { '7fe00010': { vr: 'OW', value: new Uint8Array(120 * 144 * 2).fill(5) } });
    await send([other]);
    const last = (await receivedInAll(5, first(series))).at(-1);
    expect(last).toMatchObject({ sopInstanceUid: other.sopInstanceUid });
    expect(last?.dataSet.equals(other.dataSet)).toBe(true);
    const uid = first(series).seriesInstanceUid;
    const alerts = node.log().filter((line) => line['alert'] === true && line['seriesInstanceUid'] === uid);
    expect(alerts).toHaveLength(1);
  });

  it('judges slices that came as one series each together', async () => {
    const slices = shortAxis('one series per slice', { slices: 6 }).map((one, i) =>
      edited(one, { '0020000e': { vr: 'UI', value: `2.25.77${i}` }, '00201002': { vr: 'IS', value: '1' } }),
    );
    await send(slices);
    const archived = await receivedInAll(6, first(slices));
    await expectAllTurned(slices, archived);
    expect(new Set(archived.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(6);
    const decisions = await decisionsOnRecord(
      site,
      slices.map(({ seriesInstanceUid }) => seriesInstanceUid),
    );
    expect(new Set(decisions.map((decision) => decision?.stackGroupId)).size).toBe(1);
  });

  it('turns a short axis and not the scouts that share its Series Instance UID', async () => {
    const series = shortAxis('shared series');
    const scouts = phantomSeries({
      seed: 'made-up',
      study: 'shared series',
      plane: 'axial',
      sequence: 'scout',
      slices: 2,
      matrix: SMALL_MATRIX,
    }).map((one) => edited(one, { '0020000e': { vr: 'UI', value: first(series).seriesInstanceUid } }));
    await send([...scouts, ...series].map(unannounced));
    const archived = await receivedInAll(6, first(series));
    const scoutUids = scouts.map(({ sopInstanceUid }) => sopInstanceUid);
    const asReceived = archived.filter((file) => scoutUids.includes(file.sopInstanceUid));
    expect(asReceived).toHaveLength(2);
    await expectAllTurned(
      series.map(unannounced),
      archived.filter((file) => !asReceived.includes(file)),
    );
  });

  it('turns a late instance as its series was turned, into the same derived series', async () => {
    const series = shortAxis('late', { slices: 6 }).map(unannounced);
    await send(series.slice(0, 5));
    await receivedInAll(5, first(series));
    await send(series.slice(5));
    const archived = await receivedInAll(6, first(series));
    await expectAllTurned(series, archived);
    expect(new Set(archived.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(1);
  });

  it('keeps an audit trail of all this that is whole', async () => {
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });
});
