import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutgoingInstance } from '../../src/app/ports.ts';
import { dimseDestination } from '../../src/dimse/storage-scu.ts';
import { type PhantomInstance, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { seededRandom } from '../../src/phantom/random.ts';
import { openDatabase } from '../../src/store/database.ts';
import { hasDcmtk, type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { edited, SMALL_MATRIX, shortAxis } from '../support/made-up-series.ts';
import { part10Of, readPart10, writePart10 } from '../support/part10-files.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

const ROUNDS = 12;
/** Receiving a study takes about so long, and all up to the last delivery about so long: half of the kills for each. */
const RECEIVING_MILLISECONDS = 150;
const ROUND_MILLISECONDS = 1200;
const STARTS = 4;
const random = seededRandom('kill -9');

const study: readonly PhantomInstance[] = [
  ...phantomSeries({ seed: 'kill', plane: 'axial', sequence: 'scout', slices: 2, matrix: SMALL_MATRIX }),
  ...shortAxis('kill', { sequence: 'cine', slices: 6, phases: 2 }),
  ...shortAxis('kill', { sequence: 'LGE', slices: 5, code: '011' }),
  ...shortAxis('kill', { slices: 5, code: '000' }),
];

/** The study again, as that of somebody else. */
function studyOfRound(round: number): readonly PhantomInstance[] {
  return study.map((one) =>
    edited(one, {
      '00080018': { vr: 'UI', value: `${one.sopInstanceUid.slice(0, 50)}.${round}` },
      '0020000d': { vr: 'UI', value: `2.25.9${round}` },
      '0020000e': { vr: 'UI', value: `${one.seriesInstanceUid.slice(0, 50)}.${round}` },
      '00200052': { vr: 'UI', value: `2.25.8${round}` },
    }),
  );
}

describe.skipIf(!hasDcmtk)('a node that is killed again and again', () => {
  let site: NodeSite;
  let storescp: Storescp;
  const acknowledged = new Set<string>();
  let pending: OutgoingInstance[] = [];

  beforeAll(async () => {
    site = await nodeSite();
    storescp = await startStorescp(join(site.folder, 'archive'));
    const archive = { type: 'dimse', host: '127.0.0.1', port: storescp.port, calledAeTitle: 'ARCHIVE' };
    await site.configure({
      series: { quietSeconds: 0.5, maxWaitSeconds: 60 },
      destinations: [{ ...archive, name: 'dcmtk', concurrency: 1, default: true }],
    });
  });

  afterAll(async () => {
    await storescp?.stop();
    await site?.remove();
  });

  const healthOf = async ({ httpUrl }: RunningNode): Promise<unknown> =>
    (await fetch(`${httpUrl}/health/ready`)).json();

  async function prepared(round: number): Promise<OutgoingInstance[]> {
    const instances = studyOfRound(round);
    const files = await writePart10(instances, join(site.folder, 'sent', String(round)));
    return instances.map((one, i) => {
      const dataSetLength = one.dataSet.length;
      const dataSetOffset = part10Of(one).length - dataSetLength;
      return { ...one, file: files[i] as string, dataSetOffset, dataSetLength, callingAeTitle: 'SCANNER' };
    });
  }

  /** Sends what has no acknowledgement yet, and remembers what gets one; the node may go away at any moment. */
  async function send(node: RunningNode): Promise<void> {
    const scanner = dimseDestination({
      name: 'node',
      host: '127.0.0.1',
      port: node.dimsePort,
      calledAeTitle: 'CMR_NODE',
      callingAeTitle: 'SCANNER',
      concurrency: 1,
      timeouts: { responseSeconds: 20 },
      log: recordedLog(),
    });
    const batch = pending;
    const told = (index: number, { stored }: { readonly stored: boolean }): void => {
      if (stored) acknowledged.add((batch[index] as OutgoingInstance).sopInstanceUid);
    };
    await scanner.deliver(batch, told).catch(() => undefined);
    await scanner.close();
    pending = batch.filter(({ sopInstanceUid }) => !acknowledged.has(sopInstanceUid));
  }

  it('loses, doubles and half turns nothing that it acknowledged', { timeout: 120_000 }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      pending = [...pending, ...(await prepared(round))];
      const node = await site.start();
      const sending = send(node);
      await delay(random.uniform(0, round % 2 === 0 ? RECEIVING_MILLISECONDS : ROUND_MILLISECONDS));
      await node.kill();
      await sending;
      if (round % (ROUNDS / STARTS) > 0) continue;
      const starting = site.launch();
      await delay(random.uniform(0, 600));
      starting.signal('SIGKILL');
      await starting.exited;
    }
    const node = await site.start();
    await send(node);
    expect(pending).toEqual([]);
    const sent = await readPart10(join(site.folder, 'sent'));
    expect(sent).toHaveLength(ROUNDS * study.length);
    const judged = async () => judgeGeometry(sent, await readPart10(storescp.folder));
    await eventually(
      async () => ({ lost: (await judged()).lost.length, health: await healthOf(node) }),
      ({ lost }) => lost === 0,
      { what: 'the last acknowledged instance', milliseconds: 30_000 },
    );
    const verdict = await judged();
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [] });
    const mixed = [...verdict.operations].filter(([, operations]) => operations.size > 1);
    expect(mixed).toEqual([]);
    expect(verdict.turned).toBeGreaterThan(ROUNDS * 12);
    expect(await node.stop()).toBe(0);
  });

  it('keeps its database and its audit trail whole', async () => {
    const db = await openDatabase({ file: join(site.dataDir, 'node.sqlite'), access: 'reader' });
    expect(await db.all('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(await db.all("select count(*) as n from deliveries where state <> 'delivered'")).toEqual([{ n: 0 }]);
    await db.close();
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });
});
