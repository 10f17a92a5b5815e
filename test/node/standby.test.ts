import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';
import { dcmtk, hasDcmtk, type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { SMALL_MATRIX, shortAxis } from '../support/made-up-series.ts';
import { type ReadFile, readPart10, writePart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type SiteConfig } from '../support/running-node.ts';

/** Of whoever stands in for the other: the same title at the same address. */
const pairConfig = (port: number, archive: Storescp): SiteConfig => ({
  dimse: { port, aeTitle: 'CMR_NODE' },
  series: { quietSeconds: 0.7, maxWaitSeconds: 60 },
  destinations: [
    {
      name: 'pacs',
      type: 'dimse',
      host: '127.0.0.1',
      port: archive.port,
      calledAeTitle: 'ARCHIVE',
      concurrency: 1,
      default: true,
    },
  ],
});

/** Two series that are turned and a scout. */
const studyOf = (study: string) => [
  ...shortAxis(study, { sequence: 'cine', slices: 5, phases: 2 }),
  ...shortAxis(study, { sequence: 'LGE', slices: 4, code: '011' }),
  ...phantomSeries({ seed: 'made-up', study, plane: 'axial', sequence: 'scout', slices: 2, matrix: SMALL_MATRIX }),
];
const INSTANCES = 16;
const TURNED = 14;

async function send(folder: string, port: number): Promise<void> {
  const peer = ['127.0.0.1', String(port)];
  expect(await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', ...peer, folder)).toMatchObject({ code: 0 });
}

const uidsOf = (files: readonly ReadFile[]) => new Set(files.map(({ sopInstanceUid }) => sopInstanceUid));

describe.skipIf(!hasDcmtk)('two nodes on one data folder and one address', () => {
  let site: NodeSite;
  let archive: Storescp;

  beforeAll(async () => {
    site = await nodeSite();
    archive = await startStorescp(join(site.folder, 'archive'));
    await site.configure(pairConfig(await freePort(), archive));
  });

  afterAll(async () => {
    await archive?.stop();
    await site?.remove();
  });

  it('the second is refused while the first lives, and delivers all that the first acknowledged once that is gone', async () => {
    const first = await site.start();
    const early = site.launch();
    expect(await early.exited).toBe(1);
    expect(early.stderr()).toMatch(/another node running on this data folder/);
    const folder = join(site.folder, 'sent');
    await writePart10(studyOf('takeover'), folder);
    await send(folder, first.dimsePort);
    await first.kill();
    const second = await site.start();
    expect(second.dimsePort).toBe(first.dimsePort);
    const archived = await eventually(
      () => readPart10(archive.folder),
      (files) => uidsOf(files).size >= INSTANCES,
      { what: 'everything that was acknowledged' },
    );
    const verdict = judgeGeometry(await readPart10(folder), archived);
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [] });
    expect(uidsOf(archived).size).toBe(INSTANCES);
    for (const operations of verdict.operations.values()) expect(operations.size).toBe(1);
    expect(verdict.turned).toBeGreaterThanOrEqual(TURNED);
    // The address answers as before.
    expect(await dcmtk('echoscu', '-aec', 'CMR_NODE', '127.0.0.1', String(second.dimsePort))).toMatchObject({
      code: 0,
    });
    expect(await second.stop()).toBe(0);
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });
});

describe.skipIf(!hasDcmtk)('two nodes with a data folder each', () => {
  let sites: NodeSite[];
  let archive: Storescp;

  beforeAll(async () => {
    sites = [await nodeSite(), await nodeSite()];
    archive = await startStorescp(join((sites[0] as NodeSite).folder, 'archive'));
    const port = await freePort();
    for (const site of sites) await site.configure(pairConfig(port, archive));
  });

  afterAll(async () => {
    await archive?.stop();
    for (const site of sites ?? []) await site.remove();
  });

  it('give a study that went through both the same UIDs and pictures, and only other dates of the derivation', async () => {
    const [one, other] = sites as [NodeSite, NodeSite];
    const folder = join(one.folder, 'sent');
    await writePart10(studyOf('separate'), folder);
    const rounds: ReadFile[][] = [];
    for (const site of [one, other]) {
      const node = await site.start();
      await send(folder, node.dimsePort);
      const before = rounds.length * INSTANCES;
      const files = await eventually(
        () => readPart10(archive.folder),
        (all) => all.length >= before + INSTANCES,
        { what: 'the study' },
      );
      const earlier = new Set(rounds.flat().map(({ path }) => path));
      rounds.push(files.filter(({ path }) => !earlier.has(path)));
      expect(await node.stop()).toBe(0);
      // Dates of a derivation have seconds.
      await delay(1_100);
    }
    const [first = [], second = []] = rounds;
    const sent = await readPart10(folder);
    for (const archived of [first, second]) {
      const verdict = judgeGeometry(sent, archived);
      expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: TURNED });
      expect(archived).toHaveLength(INSTANCES);
    }
    expect(uidsOf(second)).toEqual(uidsOf(first));
    const twins = new Map(second.map((file) => [file.sopInstanceUid, file]));
    const differing = new Set(first.flatMap((file) => differences(file, twins.get(file.sopInstanceUid) as ReadFile)));
    // Instance Creation Time, Contributing Equipment, Original Attributes; the Instance Creation Date only at midnight.
    differing.delete('x00080012');
    expect([...differing].sort()).toEqual(['x00080013', 'x0018a001', 'x04000561']);
    const untouched = first.filter(({ elements }) => elements.elements['x00082112'] === undefined);
    for (const { sopInstanceUid, sha256 } of untouched) expect(twins.get(sopInstanceUid)?.sha256).toBe(sha256);
  });
});

/** Top-level elements that are not the same, but for file meta information. */
function differences(one: ReadFile, other: ReadFile): string[] {
  const raw = ({ elements: { elements, byteArray } }: ReadFile, tag: string): string | undefined => {
    const element = elements[tag];
    return (
      element &&
      Buffer.from(byteArray.subarray(element.dataOffset, element.dataOffset + element.length)).toString('hex')
    );
  };
  const tags = new Set([one, other].flatMap(({ elements }) => Object.keys(elements.elements)));
  return [...tags].filter((tag) => !tag.startsWith('x0002') && raw(one, tag) !== raw(other, tag));
}
