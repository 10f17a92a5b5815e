import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryOutcome, Destination, OutgoingInstance } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import { type StorageScp, type StorageScpOptions, startStorageScp } from '../../src/dimse/storage-scp.ts';
import { type DimseDestinationOptions, dimseDestination } from '../../src/dimse/storage-scu.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { type FileIntake, fileIntake } from '../support/file-intake.ts';
import { freePort } from '../support/free-port.ts';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { EXPLICIT_LITTLE_ENDIAN, MR_IMAGE_STORAGE, part10Sample } from '../support/part10-sample.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { dcmtk, hasDcmtk, type Storescp, startStorescp } from './dcmtk.ts';

let folder: string;
let archive: Storescp | undefined;
let node: StorageScp | undefined;
let destination: Destination | undefined;
let silentServer: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-scu-'));
});

afterEach(async () => {
  await destination?.close();
  await archive?.stop();
  await node?.close();
  silentServer?.close();
  [destination, archive, node, silentServer] = [undefined, undefined, undefined, undefined];
  await rm(folder, { recursive: true, force: true });
});

function destinationAt(port: number, options: Partial<DimseDestinationOptions> = {}): Destination {
  destination = dimseDestination({
    name: 'archive',
    host: '127.0.0.1',
    port,
    calledAeTitle: 'ARCHIVE',
    callingAeTitle: 'CMR_NODE',
    concurrency: 1,
    log: recordedLog(),
    ...options,
  });
  return destination;
}

/** Another node of ours as the archive: its intake tells what arrived, and from whom. */
async function nodeAt(options: Partial<StorageScpOptions> = {}): Promise<{ port: number; intake: FileIntake }> {
  const intake = await fileIntake(join(folder, 'intake'));
  const defaults = {
    host: '127.0.0.1',
    port: 0,
    aeTitle: 'ARCHIVE',
    allowedCallers: ['*'],
    intake,
    log: recordedLog(),
  };
  node = await startStorageScp({ ...defaults, ...options });
  return { port: node.port, intake };
}

interface Stored extends OutgoingInstance {
  readonly dataSet: Buffer;
}

async function stored(number: number, changes: Partial<OutgoingInstance> = {}, rows = 64): Promise<Stored> {
  const sample = part10Sample({ number, rows, columns: 64 });
  const file = join(folder, `${number}.dcm`);
  const instance = {
    sopClassUid: MR_IMAGE_STORAGE,
    sopInstanceUid: sample.sopInstanceUid,
    transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
    callingAeTitle: 'MR1',
    ...changes,
  };
  const meta = encodeFileMeta(instance);
  await writeFile(file, Buffer.concat([meta, sample.dataSet]));
  const { dataSet } = sample;
  return { ...instance, file, dataSetOffset: meta.length, dataSetLength: dataSet.length, dataSet };
}

async function severalStored(count: number): Promise<readonly Stored[]> {
  return Promise.all(Array.from({ length: count }, (_, number) => stored(number)));
}

/** Delivers and returns the outcomes in the order of the batch, with what was thrown. */
async function delivered(
  batch: readonly OutgoingInstance[],
): Promise<{ outcomes: DeliveryOutcome[]; thrown: unknown }> {
  const outcomes: DeliveryOutcome[] = [];
  const thrown = await destination!
    .deliver(batch, (index, outcome) => {
      outcomes[index] = outcome;
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return { outcomes, thrown };
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof NodeError ? thrown.code : undefined;
}

describe.skipIf(!hasDcmtk)('C-STORE SCU with DCMTK as the archive', () => {
  test('delivers every data set byte for byte', async () => {
    archive = await startStorescp(join(folder, 'archive'));
    destinationAt(archive.port);
    const batch = await severalStored(12);
    const { outcomes, thrown } = await delivered(batch);
    expect(thrown).toBeUndefined();
    expect(outcomes).toEqual(batch.map(() => ({ stored: true })));
    const files = await Promise.all(
      (await readdir(archive.folder)).map((name) => readFile(join(archive!.folder, name))),
    );
    for (const { dataSet } of batch) {
      expect(files.some((file) => file.subarray(-dataSet.length).equals(dataSet))).toBe(true);
    }
    expect(files).toHaveLength(12);
  });

  test('delivers an instance of many blocks to an archive that takes small PDUs only', async () => {
    archive = await startStorescp(join(folder, 'archive'), '--max-pdu', '4096');
    destinationAt(archive.port);
    const great = await stored(1, {}, 30_000);
    expect((await delivered([great])).outcomes).toEqual([{ stored: true }]);
    const [name] = await readdir(archive.folder);
    expect((await readFile(join(archive.folder, name!))).subarray(-great.dataSetLength).equals(great.dataSet)).toBe(
      true,
    );
  });

  test('says in plain words that the archive refuses the association', async () => {
    archive = await startStorescp(join(folder, 'archive'), '--refuse');
    destinationAt(archive.port);
    const { outcomes, thrown } = await delivered([await stored(1)]);
    expect(outcomes).toEqual([]);
    expect(codeOf(thrown)).toBe('destination-refused');
    expect(String(thrown)).toContain('archive');
  });

  test.each(['--abort-after', '--abort-during'])('tells a drop in the middle from an outcome (%s)', async (fault) => {
    archive = await startStorescp(join(folder, 'archive'), fault);
    destinationAt(archive.port);
    const { outcomes, thrown } = await delivered(await severalStored(3));
    expect(outcomes).toEqual([]);
    expect(codeOf(thrown)).toBe('destination-failed');
    expect(String(thrown)).toContain('archive broke off the association');
  });

  test('gives up on an archive that does not answer', async () => {
    archive = await startStorescp(join(folder, 'archive'), '--sleep-during', '5');
    destinationAt(archive.port, { timeouts: { responseSeconds: 0.3 } });
    const { thrown } = await delivered([await stored(1)]);
    expect(codeOf(thrown)).toBe('destination-failed');
    expect(String(thrown)).toContain('did not answer a C-STORE within 0.3 s');
  });

  test('shares an archive that serves one association at a time', async () => {
    archive = await startStorescp(join(folder, 'archive'));
    const shared = destinationAt(archive.port, { concurrency: 3 });
    const batch = await severalStored(9);
    const began = Date.now();
    const outcomes: DeliveryOutcome[] = [];
    const deliveries = [0, 3, 6].map((from) =>
      shared.deliver(batch.slice(from, from + 3), (_index, outcome) => outcomes.push(outcome)),
    );
    await Promise.all(deliveries);
    expect(outcomes).toEqual(batch.map(() => ({ stored: true })));
    expect(Date.now() - began).toBeLessThan(1_500);
  });

  test('what storescu sends through the node reaches the archive byte for byte', async () => {
    archive = await startStorescp(join(folder, 'archive'));
    destinationAt(archive.port);
    const { port, intake } = await nodeAt();
    const source = await stored(5, {}, 900);
    expect(await dcmtk('storescu', '-aec', 'ARCHIVE', '127.0.0.1', String(port), source.file)).toMatchObject({
      code: 0,
    });
    const [arrived] = intake.stored;
    const kept = await readFile(arrived!.file);
    const dataSetOffset = encodeFileMeta(arrived!.announced).length;
    const forwarded = {
      ...arrived!.announced,
      file: arrived!.file,
      dataSetOffset,
      dataSetLength: kept.length - dataSetOffset,
    };
    expect((await delivered([forwarded])).outcomes).toEqual([{ stored: true }]);
    const [name] = await readdir(archive.folder);
    expect((await readFile(join(archive.folder, name!))).subarray(-source.dataSet.length).equals(source.dataSet)).toBe(
      true,
    );
  });
});

describe.skipIf(requireOrthanc() === undefined)('C-STORE with Orthanc on either side', () => {
  let orthanc: Orthanc | undefined;

  afterEach(async () => {
    await orthanc?.stop();
    orthanc = undefined;
  });

  test('Orthanc keeps what is delivered, byte for byte, and its own C-STORE brings it back', async () => {
    const { port, intake } = await nodeAt();
    orthanc = await startOrthanc({ settings: { DicomModalities: { node: ['ARCHIVE', '127.0.0.1', port] } } });
    const toOrthanc = destinationAt(orthanc.dimsePort, { calledAeTitle: orthanc.aeTitle, concurrency: 3 });
    const batch = await severalStored(9);
    const outcomes: DeliveryOutcome[] = [];
    const third = (from: number) => toOrthanc.deliver(batch.slice(from, from + 3), (_index, one) => outcomes.push(one));
    await Promise.all([third(0), third(3), third(6)]);
    expect(outcomes).toEqual(batch.map(() => ({ stored: true })));
    for (const { sopInstanceUid, dataSet } of batch) {
      expect((await orthanc.fetchFile(sopInstanceUid)).subarray(-dataSet.length).equals(dataSet)).toBe(true);
    }
    const ids = await (await orthanc.rest('/instances')).text();
    expect((await orthanc.rest('/modalities/node/store', { method: 'POST', body: ids })).status).toBe(200);
    expect(intake.stored).toHaveLength(9);
  });
});

describe('C-STORE SCU', () => {
  test('keeps an association for the next batch and releases it when none comes', async () => {
    const log = recordedLog();
    const { port } = await nodeAt({ log });
    destinationAt(port, { timeouts: { idleReleaseSeconds: 0.2 } });
    await delivered([await stored(1)]);
    await delivered([await stored(2)]);
    const count = (event: string) => log.events.filter((one) => one.event === event).length;
    expect(count('association-accepted')).toBe(1);
    await delay(400);
    expect(count('association-closed')).toBe(1);
    expect(count('association-failed')).toBe(0);
    expect((await delivered([await stored(3)])).outcomes).toEqual([{ stored: true }]);
    expect(count('association-accepted')).toBe(2);
  });

  test('sends again on a new association when the archive closed the idle one', async () => {
    const { port } = await nodeAt({ limits: { idleSeconds: 0.1 } });
    destinationAt(port, { timeouts: { idleReleaseSeconds: 5 } });
    expect((await delivered([await stored(1)])).outcomes).toEqual([{ stored: true }]);
    await delay(250);
    expect(await delivered([await stored(2)])).toEqual({ outcomes: [{ stored: true }], thrown: undefined });
  });

  test('opens no more associations than it may', async () => {
    let open = 0;
    let most = 0;
    const log = recordedLog();
    const { port } = await nodeAt({
      log: {
        ...log,
        info: (event) => {
          open += event === 'association-accepted' ? 1 : event === 'association-closed' ? -1 : 0;
          most = Math.max(most, open);
        },
      },
    });
    const limited = destinationAt(port, { concurrency: 2 });
    const batch = await severalStored(12);
    const outcomes: DeliveryOutcome[] = [];
    await Promise.all(batch.map((one) => limited.deliver([one], (_index, outcome) => outcomes.push(outcome))));
    expect(outcomes).toHaveLength(12);
    expect(most).toBe(2);
  });

  test('keeps the order of a batch, also over more classes than one association can carry', async () => {
    const { port, intake } = await nodeAt();
    destinationAt(port);
    const batch = await Promise.all(
      Array.from({ length: 140 }, (_, number) => stored(number, { sopClassUid: `1.2.826.0.1.${number}` }, 1)),
    );
    const { outcomes, thrown } = await delivered(batch);
    expect(thrown).toBeUndefined();
    expect(outcomes).toEqual(batch.map(() => ({ stored: true })));
    expect(intake.stored.map(({ announced }) => announced.sopClassUid)).toEqual(batch.map((one) => one.sopClassUid));
  });

  test('proposes exactly the stored transfer syntax', async () => {
    const { port, intake } = await nodeAt();
    destinationAt(port);
    const jpeg = '1.2.840.10008.1.2.4.70';
    await delivered([await stored(1, { transferSyntaxUid: jpeg }), await stored(2)]);
    const syntaxes = intake.stored.map(({ announced }) => announced.transferSyntaxUid);
    expect(syntaxes).toEqual([jpeg, EXPLICIT_LITTLE_ENDIAN]);
  });

  test('names class and syntax where the archive accepts them not, and delivers the rest', async () => {
    const { port } = await nodeAt();
    destinationAt(port);
    const notStorage = await stored(1, { sopClassUid: '1.2.840.10008.5.1.4.1.2.2.1' });
    const { outcomes } = await delivered([notStorage, await stored(2)]);
    expect(outcomes).toEqual([
      {
        stored: false,
        cause: 'not-supported',
        reason:
          'archive does not accept 1.2.840.10008.5.1.4.1.2.2.1 in Explicit VR Little Endian (1.2.840.10008.1.2.1)',
      },
      { stored: true },
    ]);
  });

  test("puts the archive's refusal into words and goes on with the next instance", async () => {
    let number = 0;
    const { port } = await nodeAt({
      intake: {
        open: async () => {
          number += 1;
          if (number === 1) {
            throw new NodeError('storage-full', 'no space');
          }
          return {
            write: async () => undefined,
            finish: async () => undefined,
            refuse: async () => undefined,
            abort: async () => undefined,
          };
        },
      },
    });
    destinationAt(port);
    const { outcomes, thrown } = await delivered(await severalStored(2));
    expect(thrown).toBeUndefined();
    expect(outcomes).toEqual([
      { stored: false, cause: 'out-of-resources', reason: 'archive refused: out of resources (A700)' },
      { stored: true },
    ]);
  });

  test('names the AE title that the archive does not know', async () => {
    const { port } = await nodeAt({ allowedCallers: ['SOMEBODY'] });
    destinationAt(port);
    const { thrown } = await delivered([await stored(1)]);
    expect(codeOf(thrown)).toBe('destination-refused');
    expect(String(thrown)).toContain('archive refused the AE title CMR_NODE');
  });

  test('calls with the AE title of the scanner where it is told to and there is one', async () => {
    const { port, intake } = await nodeAt();
    destinationAt(port, { passOnSourceAeTitle: true });
    await delivered([
      await stored(1),
      await stored(2, { callingAeTitle: '' }),
      await stored(3, { callingAeTitle: 'MR2' }),
    ]);
    expect(intake.stored.map(({ announced }) => announced.callingAeTitle)).toEqual(['MR1', 'CMR_NODE', 'MR2']);
  });

  test('says that nothing listens', async () => {
    destinationAt(await freePort());
    const { thrown } = await delivered([await stored(1)]);
    expect(codeOf(thrown)).toBe('destination-unreachable');
    expect(String(thrown)).toContain('connection refused');
  });

  test('tells an archive that takes the connection but stays silent from one that cannot be reached', async () => {
    silentServer = createServer(() => undefined).listen(0, '127.0.0.1');
    await delay(20);
    const { port } = silentServer.address() as { port: number };
    destinationAt(port, { timeouts: { associationSeconds: 0.2 } });
    const { thrown } = await delivered([await stored(1)]);
    expect(codeOf(thrown)).toBe('destination-unreachable');
    expect(String(thrown)).toContain('did not answer the association request within 0.2 s');
  });

  test('breaks off with an archive that answers with garbage', async () => {
    silentServer = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await delay(20);
    destinationAt((silentServer.address() as { port: number }).port);
    expect(codeOf((await delivered([await stored(1)])).thrown)).toBe('destination-failed');
  });

  test('reports a stored file that is gone or cut short, and delivers the others', async () => {
    const { port, intake } = await nodeAt();
    destinationAt(port);
    const [gone, cut, sound] = [await stored(1), await stored(2), await stored(3)];
    await rm(gone.file);
    await writeFile(cut.file, Buffer.alloc(100));
    const { outcomes, thrown } = await delivered([gone, cut, sound]);
    expect(thrown).toBeUndefined();
    expect(outcomes.map((outcome) => outcome.stored)).toEqual([false, false, true]);
    expect(intake.stored).toHaveLength(1);
  });

  test('closing ends a delivery that is under way and refuses the next', async () => {
    const { port } = await nodeAt({
      intake: {
        open: async () => ({
          write: async () => undefined,
          finish: () => delay(300),
          refuse: async () => undefined,
          abort: async () => undefined,
        }),
      },
    });
    const closing = destinationAt(port);
    const [first, second] = [await stored(1), await stored(2)];
    const underWay = delivered([first]);
    await delay(100);
    await closing.close();
    expect(codeOf((await underWay).thrown)).toBe('destination-failed');
    expect(codeOf((await delivered([second])).thrown)).toBe('destination-failed');
  });
});
