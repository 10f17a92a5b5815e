import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import {
  associated,
  associateRequest,
  commandShort,
  MR_CONTEXT,
  pData,
  RawPeer,
  storeCommand,
} from '../dimse/raw-peer.ts';
import { decisionsOnRecord } from '../support/decisions-on-record.ts';
import { type Edits, shortValue } from '../support/edited-data-set.ts';
import { eventually } from '../support/eventually.ts';
import { edited, shortAxis } from '../support/made-up-series.ts';
import { readPart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

const BIRTH_DATE = '19611231';
const SUCCESS = 0;
const CANNOT_UNDERSTAND = 0xc000;
const DATA_SET_DOES_NOT_MATCH = 0xa900;

/** What makes a series one that cannot be judged or turned, and how it must be flagged. */
const FAULTS: Readonly<Record<string, { readonly edits: Edits; readonly flag: string; readonly attribute: string }>> = {
  'no Image Orientation (Patient)': {
    edits: { '00200037': undefined },
    flag: 'no-geometry',
    attribute: 'ImageOrientationPatient',
  },
  'a position that is not a number': {
    edits: { '00200032': { vr: 'DS', value: '1\\NaN\\3' } },
    flag: 'no-geometry',
    attribute: 'ImagePositionPatient',
  },
  'cosines of zero': {
    edits: { '00200037': { vr: 'DS', value: '0\\0\\0\\0\\0\\0' } },
    flag: 'no-geometry',
    attribute: 'ImageOrientationPatient',
  },
  'cosines that are not orthogonal': {
    edits: { '00200037': { vr: 'DS', value: '1\\0\\0\\0.8\\0.6\\0' } },
    flag: 'no-geometry',
    attribute: 'ImageOrientationPatient',
  },
  'a spacing of zero': {
    edits: { '00280030': { vr: 'DS', value: '0\\0' } },
    flag: 'no-geometry',
    attribute: 'PixelSpacing',
  },
  'more Rows than Pixel Data has': {
    edits: { '00280010': { vr: 'US', value: shortValue(500) } },
    flag: 'cannot-reorient',
    attribute: 'PixelData',
  },
};

describe('what a sender can do wrong', () => {
  let site: NodeSite;
  let node: RunningNode;

  beforeAll(async () => {
    site = await nodeSite({
      dimse: { port: 0, aeTitle: 'CMR_NODE', acceptAnyCalledAeTitle: false, allowedCallers: ['RAWPEER'] },
    });
    node = await site.start();
  });

  afterAll(() => site?.remove());

  /** The status of each C-STORE, one after the other over one association. */
  async function store(
    messages: readonly {
      readonly dataSet: Uint8Array;
      readonly sopInstanceUid: string;
      readonly sopClassUid?: string;
    }[],
  ): Promise<(number | undefined)[]> {
    const peer = await associated(node.dimsePort, { called: 'CMR_NODE' });
    const statuses: (number | undefined)[] = [];
    for (const { dataSet, ...command } of messages) {
      peer.send(pData(1, { command: true, last: true }, storeCommand(command)));
      const bytes = Buffer.from(dataSet);
      for (let at = 0; at === 0 || at < bytes.length; at += 16_000) {
        const last = at + 16_000 >= bytes.length;
        peer.send(pData(1, { command: false, last }, bytes.subarray(at, at + 16_000)));
      }
      statuses.push(commandShort(await peer.nextPdu(), 0x0900));
    }
    peer.end();
    return statuses;
  }

  const archive = () => readPart10(join(site.dataDir, 'archive'));

  async function quarantined(): Promise<{ readonly code: string; readonly message: string }[]> {
    const folder = join(site.dataDir, 'quarantine');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
  }

  it('is answered with failure and kept in quarantine with the reason, where it is no instance', async () => {
    const [one] = shortAxis('no instance') as readonly [PhantomInstance];
    const { sopInstanceUid, dataSet } = one;
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3) * 31) & 0xff);
    const statuses = await store([
      { sopInstanceUid, dataSet: noise },
      { sopInstanceUid, dataSet: dataSet.subarray(0, dataSet.length - 1001) },
      { sopInstanceUid, dataSet: new Uint8Array(0) },
      { sopInstanceUid, dataSet: Buffer.from('<html><body>not found</body></html>') },
      { sopInstanceUid: '2.25.4711', dataSet },
    ]);
    const [garbage, truncated, empty, text, another] = statuses;
    expect([truncated, empty]).toEqual([CANNOT_UNDERSTAND, CANNOT_UNDERSTAND]);
    // Bytes that are no data set at all do not have the form that the presentation context promised.
    expect([garbage, text, another]).toEqual([1, 2, 3].map(() => DATA_SET_DOES_NOT_MATCH));
    const reasons = await eventually(quarantined, (all) => all.length >= 5, { what: 'five reasons' });
    expect(new Set(reasons.map(({ code }) => code))).toEqual(
      new Set(['not-an-instance', 'truncated', 'contradicts-context']),
    );
    const files = await readdir(join(site.dataDir, 'quarantine'));
    expect(files.filter((name) => name.endsWith('.dcm'))).toHaveLength(5);
    expect(await archive()).toEqual([]);
  });

  it('is kept and forwarded as received, and named, where it cannot be judged or turned', async () => {
    const good = shortAxis('good among bad').map((one) => edited(one, { '00100030': { vr: 'DA', value: BIRTH_DATE } }));
    const series = Object.entries(FAULTS).map(([name, { edits }]) => shortAxis(name).map((one) => edited(one, edits)));
    const all = [...series.flat(), ...good];
    expect(new Set(await store(all))).toEqual(new Set([SUCCESS]));
    const archived = await eventually(archive, (files) => files.length >= all.length, {
      what: `${all.length} instances`,
    });
    const bytes = new Map(archived.map((file) => [file.sopInstanceUid, file.dataSet]));
    for (const { sopInstanceUid, dataSet } of series.flat()) {
      expect(bytes.get(sopInstanceUid)?.equals(dataSet)).toBe(true);
    }
    const uids = series.map(([one]) => one?.seriesInstanceUid ?? '');
    const decisions = await decisionsOnRecord(site, uids);
    const faults = Object.values(FAULTS);
    expect(
      decisions.map((decision, i) => [decision?.decision, decision?.flags.includes(faults[i]?.flag as never)]),
    ).toEqual(faults.map(() => ['pass-through', true]));
    for (const [i, { attribute }] of faults.entries()) expect(decisions[i]?.reason).toContain(attribute);
    const [ofGood] = await decisionsOnRecord(site, [good[0]?.seriesInstanceUid ?? '']);
    expect(ofGood).toMatchObject({ decision: 'standardize', flags: [] });
  });

  it('is kept and forwarded as received where a UID is invalid, empty or like a path', async () => {
    const odd = ['../../../../etc/passwd', '1..2', '1.2.840.x', '', 'CON'].map((uid, i) => {
      const [, one] = shortAxis(`odd ${i}`) as readonly [PhantomInstance, PhantomInstance];
      return edited(one, {
        '00080018': { vr: 'UI', value: uid },
        '0020000e': { vr: 'UI', value: uid },
        '0020000d': { vr: 'UI', value: uid },
      });
    });
    const before = (await archive()).length;
    const messages = odd.map((one, i) => ({ ...one, sopInstanceUid: one.sopInstanceUid || `2.25.5${i}` }));
    expect(await store(messages)).toEqual(odd.map(() => SUCCESS));
    await eventually(archive, (files) => files.length >= before + odd.length, { what: 'odd UIDs' });
    const held = (await archive()).map(({ dataSet }) => dataSet);
    for (const { dataSet } of odd) expect(held.some((bytes) => bytes.equals(dataSet))).toBe(true);
    const everything = await readdir(site.folder, { recursive: true });
    expect(everything.filter((name) => name.includes('passwd') || name.includes('CON'))).toEqual([]);
    expect(await readdir(site.folder)).toEqual(['data', 'site.yaml']);
  });

  it('is no reason to leave a series alone, where components of its UIDs begin with zero, as they often do', async () => {
    const series = shortAxis('leading zeros').map((one, i) =>
      edited(one, {
        '00080018': { vr: 'UI', value: `1.2.826.0.1.03680043.00${i}` },
        '0020000e': { vr: 'UI', value: '1.2.826.0.1.03680043.009' },
      }),
    );
    const before = (await archive()).length;
    expect(await store(series)).toEqual(series.map(() => SUCCESS));
    await eventually(archive, (files) => files.length >= before + 4, { what: 'a turned series' });
    const [decision] = await decisionsOnRecord(site, ['1.2.826.0.1.03680043.009']);
    expect(decision).toMatchObject({ decision: 'standardize', correction: '101' });
  });

  it('is refused where the calling AE title is not on the list, or the called one is another', async () => {
    const result = async (called: string, calling: string): Promise<number | undefined> => {
      const peer = await RawPeer.connect(node.dimsePort);
      const request = associateRequest(called, [MR_CONTEXT]);
      request.write(calling.padEnd(16), 26, 'latin1');
      peer.send(request);
      const answer = await peer.nextPdu();
      peer.end();
      return answer?.[0];
    };
    const [accepted, rejected] = [2, 3];
    expect(await result('CMR_NODE', 'RAWPEER')).toBe(accepted);
    expect(await result('CMR_NODE', 'STRANGER')).toBe(rejected);
    expect(await result('OTHER_NODE', 'RAWPEER')).toBe(rejected);
  });

  it('stops nobody else, and is told without a word of the patient', async () => {
    expect((await fetch(`${node.httpUrl}/health/ready`)).status).toBe(200);
    expect(node.log().some(({ event, code }) => event === 'instance-refused' && code === 'truncated')).toBe(true);
    for (const said of ['Phantom^Demo', 'PHANTOM-', BIRTH_DATE]) expect(node.stderr()).not.toContain(said);
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });
});
