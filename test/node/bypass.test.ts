import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PhantomInstance, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { openDatabase } from '../../src/store/database.ts';
import { dcmtk, hasDcmtk } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { SMALL_MATRIX, shortAxis } from '../support/made-up-series.ts';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { parsePart10, type ReadFile, readPart10, writePart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

const SCANNER = 'MR1';
const TURNED = 6;
const UNTOUCHED = 2;
const INSTANCES = TURNED + UNTOUCHED;

/** What the console still has of a study: files in a folder. */
interface Study {
  readonly studyInstanceUid: string;
  /** Of the series that is to be turned. */
  readonly seriesInstanceUid: string;
  readonly files: readonly string[];
  readonly sent: readonly ReadFile[];
}

describe.skipIf(!hasDcmtk || requireOrthanc() === undefined)(
  'a study that went round the node while it was down',
  () => {
    let site: NodeSite;
    let node: RunningNode;
    let orthanc: Orthanc;

    beforeAll(async () => {
      site = await nodeSite();
      const port = await freePort();
      orthanc = await startOrthanc({ settings: { DicomModalities: { node: ['CMR_NODE', '127.0.0.1', port] } } });
      const pacs = { type: 'dimse', host: '127.0.0.1', port: orthanc.dimsePort, calledAeTitle: orthanc.aeTitle };
      await site.configure({
        dimse: { port, aeTitle: 'CMR_NODE' },
        series: { quietSeconds: 0.7, maxWaitSeconds: 60 },
        mode: 'observe',
        routing: [{ name: 'first scanner', when: { callingAeTitles: [SCANNER] }, mode: 'standardize' }],
        destinations: [{ ...pacs, name: 'pacs', default: true }],
      });
      node = await site.start();
    });

    afterAll(async () => {
      await orthanc?.stop();
      await site?.remove();
    });

    async function studyOf(study: string): Promise<Study> {
      const scout = { seed: 'made-up', study, plane: 'axial', sequence: 'scout', matrix: SMALL_MATRIX } as const;
      const instances = [...shortAxis(study, { slices: TURNED }), ...phantomSeries({ ...scout, slices: UNTOUCHED })];
      const folder = join(site.folder, study);
      const files = await writePart10(instances, folder);
      const { studyInstanceUid, seriesInstanceUid } = instances[0] as PhantomInstance;
      return { studyInstanceUid, seriesInstanceUid, files, sent: await readPart10(folder) };
    }

    /** As the console does: to the node, or to the archive that is its second destination. */
    async function storescu(to: 'node' | 'archive', files: readonly string[]): Promise<void> {
      const [called, port] = to === 'node' ? ['CMR_NODE', node.dimsePort] : [orthanc.aeTitle, orthanc.dimsePort];
      const done = await dcmtk('storescu', '-aet', SCANNER, '-aec', called, '127.0.0.1', String(port), ...files);
      expect(done).toMatchObject({ code: 0 });
    }

    /** The archive sends a study to the node, under its own AE title or another. */
    async function replay({ studyInstanceUid }: Study, as?: string): Promise<void> {
      const lookup = await orthanc.rest('/tools/lookup', { method: 'POST', body: studyInstanceUid });
      const [found] = (await lookup.json()) as { ID: string }[];
      const order = { Resources: [found?.ID], Synchronous: true, ...(as === undefined ? {} : { LocalAet: as }) };
      const done = await orthanc.rest('/modalities/node/store', { method: 'POST', body: JSON.stringify(order) });
      expect(await done.json()).toMatchObject({ FailedInstancesCount: 0 });
    }

    async function query<Row>(sql: string, study: Study): Promise<Row[]> {
      const db = await openDatabase({ file: join(site.dataDir, 'node.sqlite'), access: 'reader' });
      try {
        return await db.all<Row>(sql, [study.studyInstanceUid]);
      } finally {
        await db.close();
      }
    }

    interface Delivery {
      readonly state: string;
      readonly turned: number;
      readonly deliveredAt: number;
    }

    const deliveries = (study: Study) =>
      query<Delivery>(
        `select state, result_id is not null as turned, delivered_at as deliveredAt from deliveries
        where instance_id in (select id from instances where study_instance_uid = ?) order by id`,
        study,
      );

    /** Waits until so many instances of the study are delivered after that moment, and nothing waits. */
    const delivered = (study: Study, count: number, after = 0) =>
      eventually(
        () => deliveries(study),
        (rows) =>
          rows.every(({ state }) => state === 'delivered') &&
          rows.filter(({ deliveredAt }) => deliveredAt > after).length >= count,
        { what: `${count} deliveries` },
      );

    async function archived({ studyInstanceUid }: Study): Promise<ReadFile[]> {
      const uids = await orthanc.sopInstanceUids();
      const files = await Promise.all(uids.map(async (uid) => parsePart10(await orthanc.fetchFile(uid))));
      return files.filter(({ elements }) => elements.string('x0020000d') === studyInstanceUid);
    }

    const isDerived = ({ elements }: ReadFile): boolean => elements.elements['x00082112'] !== undefined;

    /** Every original as it was sent, and every short-axis slice once more, turned, in one new series. */
    async function expectOriginalsAndOneTurnedSeries(study: Study): Promise<void> {
      const files = await archived(study);
      const originals = files.filter((file) => !isDerived(file));
      const bytes = new Map(originals.map(({ sopInstanceUid, sha256 }) => [sopInstanceUid, sha256]));
      expect(bytes).toEqual(new Map(study.sent.map(({ sopInstanceUid, sha256 }) => [sopInstanceUid, sha256])));
      const derived = files.filter(isDerived);
      expect(derived).toHaveLength(TURNED);
      expect(new Set(derived.map(({ seriesInstanceUid }) => seriesInstanceUid)).size).toBe(1);
      const scouts = originals.filter(({ seriesInstanceUid }) => seriesInstanceUid !== study.seriesInstanceUid);
      const verdict = judgeGeometry(study.sent, [...derived, ...scouts]);
      expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: TURNED });
    }

    it('is turned when the archive sends it as the scanner: turned series are new ones beside the originals', async () => {
      await node.stop();
      const study = await studyOf('replayed');
      await storescu('archive', study.files);
      node = await site.start();
      await replay(study, SCANNER);
      await delivered(study, INSTANCES);
      await expectOriginalsAndOneTurnedSeries(study);
      const before = await deliveries(study);
      const again = Date.now();
      // Once more, now under the archive's own title: what it has as it was does not go back to it, and what the node made
      // is a series that is standard already.
      await replay(study);
      await delivered(study, 2 * TURNED, again);
      await delay(300);
      const after = await deliveries(study);
      expect(after).toHaveLength(before.length + TURNED);
      const asReceived = (rows: readonly Delivery[]) =>
        rows.slice(0, before.length).filter(({ turned }) => turned === 0);
      expect(asReceived(after)).toEqual(asReceived(before));
      await expectOriginalsAndOneTurnedSeries(study);
    });

    it('of which the node had acknowledged a part becomes one turned series when its folder is sent', async () => {
      const study = await studyOf('in part');
      await storescu('node', study.files.slice(0, 3));
      await node.kill();
      await storescu('archive', study.files);
      node = await site.start();
      await delivered(study, 3);
      await storescu('node', study.files);
      await delivered(study, INSTANCES);
      await expectOriginalsAndOneTurnedSeries(study);
    });

    it('is decided by the rule of whoever sends it: what comes under the title of the archive stays as it is', async () => {
      await node.stop();
      const study = await studyOf('other title');
      await storescu('archive', study.files);
      node = await site.start();
      await replay(study);
      await delivered(study, INSTANCES);
      const again = Date.now();
      // What was decided stays, whoever sends it later.
      await replay(study, SCANNER);
      await delivered(study, INSTANCES, again);
      const files = await archived(study);
      expect(files.filter(isDerived)).toEqual([]);
      expect(judgeGeometry(study.sent, files)).toMatchObject({ lost: [], doubled: [], problems: [], turned: 0 });
      expect(files).toHaveLength(INSTANCES);
    });
  },
);
