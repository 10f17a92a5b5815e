import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnnouncedInstance } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import { InstanceSpool, type KeptInstance } from '../../src/spool/instance-spool.ts';
import { writeResult } from '../../src/spool/result-files.ts';
import { EXPLICIT_LITTLE_ENDIAN, MR_IMAGE_STORAGE, part10Sample, type Sample } from '../support/part10-sample.ts';
import { recordedLog } from '../support/recorded-log.ts';

let folder: string;
let kept: KeptInstance[];
let refused: NodeError[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instance-spool-'));
  kept = [];
  refused = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function opened(more: { reserveBytes?: number; directory?: string } = {}): Promise<InstanceSpool> {
  return InstanceSpool.open({
    directory: join(folder, 'spool'),
    quarantineDirectory: join(folder, 'quarantine'),
    reserveBytes: 0,
    log: recordedLog(),
    now: Date.now,
    onKept: (one) => kept.push(one),
    onRefused: (_, error) => refused.push(error),
    ...more,
  });
}

function announced(sample: Pick<Sample, 'sopInstanceUid'>, more: Partial<AnnouncedInstance> = {}): AnnouncedInstance {
  return {
    sopClassUid: MR_IMAGE_STORAGE,
    sopInstanceUid: sample.sopInstanceUid,
    transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
    via: 'dimse',
    callingAeTitle: 'SCANNER',
    calledAeTitle: 'NODE',
    ...more,
  };
}

async function receive(
  spool: InstanceSpool,
  sample: Sample,
  { chunk = 65_536, ...more }: { chunk?: number } & Partial<AnnouncedInstance> = {},
) {
  const reception = await spool.open(announced(sample, more));
  // The sender's buffer is used again for every chunk, as sockets do.
  const buffer = Buffer.alloc(chunk);
  for (let at = 0; at < sample.dataSet.length; at += chunk) {
    const length = sample.dataSet.copy(buffer, 0, at, at + chunk);
    await reception.write(buffer.subarray(0, length));
  }
  await reception.finish();
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function listed(spool: InstanceSpool): Promise<string[]> {
  const all: string[] = [];
  for await (const files of spool.files()) all.push(...files);
  return all;
}

describe('the spool', () => {
  test.each([1, 1000, 65_536])('keeps a data set byte for byte that comes in chunks of %i bytes', async (chunk) => {
    const spool = await opened();
    const sample = part10Sample();
    await receive(spool, sample, { chunk });
    const [one] = kept;
    const file = await readFile(spool.absolute(one?.file as string));
    expect(file.subarray(one?.dataSetOffset).equals(sample.dataSet)).toBe(true);
    expect(one).toMatchObject({
      dataSetLength: sample.dataSet.length,
      header: { sopInstanceUid: sample.sopInstanceUid },
    });
    expect(await listed(spool)).toEqual([one?.file]);
  });

  test('keeps what is larger than its memory through the file, with the same hash and a header', async () => {
    const spool = await opened();
    const large = part10Sample({ rows: 1600, columns: 1700 });
    await receive(spool, large, { chunk: 100_000 });
    const [one] = kept;
    const file = await readFile(spool.absolute(one?.file as string));
    expect(file.subarray(one?.dataSetOffset).equals(large.dataSet)).toBe(true);
    expect(one?.header).toMatchObject({
      sopInstanceUid: large.sopInstanceUid,
      studyInstanceUid: large.studyInstanceUid,
      turnFault: { attribute: 'PixelData' },
    });
    expect(one?.pixelSha256).toBeNull();
  });

  test('tells of an instance only when its file is there under its name', async () => {
    const found: boolean[] = [];
    const spool = await InstanceSpool.open({
      ...(await opened()).options,
      onKept: ({ file }) => found.push(existsSync(join(folder, 'spool', file))),
    });
    await receive(spool, part10Sample());
    expect(found).toEqual([true]);
  });

  test('takes twenty instances at once, from twenty senders', async () => {
    const spool = await opened();
    const samples = Array.from({ length: 20 }, (_, number) => part10Sample({ number, rows: 64 }));
    await Promise.all(samples.map((sample) => receive(spool, sample, { chunk: 777 })));
    expect(kept).toHaveLength(20);
    for (const one of kept) {
      const file = await readFile(spool.absolute(one.file));
      const sample = samples.find(({ sopInstanceUid }) => sopInstanceUid === one.header.sopInstanceUid);
      expect(file.subarray(one.dataSetOffset).equals(sample?.dataSet as Buffer)).toBe(true);
    }
    expect(new Set(kept.map(({ file }) => file)).size).toBe(20);
  });

  test('names files in order of arrival, and never after a UID', async () => {
    const spool = await opened();
    const { dataSet } = part10Sample();
    for (const sopInstanceUid of ['../../x', '/etc/passwd', '', '.', 'a\\b', '1.2.3']) {
      const at = dataSet.indexOf(Buffer.from([0x08, 0, 0x18, 0]));
      const unnamed = Buffer.concat([
        dataSet.subarray(0, at),
        dataSet.subarray(dataSet.indexOf(Buffer.from([0x08, 0, 0x60, 0]))),
      ]);
      await receive(spool, { ...part10Sample(), sopInstanceUid, dataSet: unnamed });
    }
    const names = kept.map(({ file }) => file);
    expect(names).toHaveLength(6);
    for (const name of names) expect(name).toMatch(/^\d{10}\/\d{14}-\d{6}-[0-9a-f]{16}\.dcm$/);
    expect([...names].sort()).toEqual(names);
    for (const file of await filesBelow(folder)) expect(file.startsWith(join(folder, 'spool'))).toBe(true);
  });

  test('leaves nothing of a reception that is aborted, small or large', async () => {
    const spool = await opened();
    for (const sample of [part10Sample(), part10Sample({ rows: 1600, columns: 1700 })]) {
      const reception = await spool.open(announced(sample));
      await reception.write(sample.dataSet);
      await reception.abort();
    }
    expect(await filesBelow(folder)).toEqual([]);
    expect(kept).toEqual([]);
  });

  test('keeps what is no instance in quarantine with the reason, small or large, and says so', async () => {
    const spool = await opened();
    const garbage = { ...part10Sample(), dataSet: Buffer.from('no data set at all') };
    const large = part10Sample({ rows: 1600, columns: 1700 });
    const cut = { ...large, dataSet: large.dataSet.subarray(0, large.dataSet.length - 10) };
    for (const sample of [garbage, cut]) {
      await expect(receive(spool, sample)).rejects.toThrow(NodeError);
    }
    expect(refused).toHaveLength(2);
    const files = await filesBelow(join(folder, 'quarantine'));
    const bytes = files.filter((file) => file.endsWith('.dcm'));
    const contents = await Promise.all(bytes.map((file) => readFile(file)));
    for (const { dataSet } of [garbage, cut]) expect(contents.some((one) => one.includes(dataSet))).toBe(true);
    const reasons = await Promise.all(
      files.filter((file) => file.endsWith('.json')).map((file) => readFile(file, 'utf8')),
    );
    expect(reasons.map((reason) => JSON.parse(reason).code).sort()).toContain('truncated');
    expect(await listed(spool)).toEqual([]);
  });

  test('keeps what its receiver refuses, and tells of it', async () => {
    const spool = await opened();
    const reception = await spool.open(announced(part10Sample()));
    await reception.write(part10Sample().dataSet);
    await reception.refuse(new NodeError('contradicts-context', 'of another study'));
    expect(refused.map(({ code }) => code)).toEqual(['contradicts-context']);
    expect(kept).toEqual([]);
    expect(await filesBelow(join(folder, 'quarantine'))).toHaveLength(2);
  });

  test('refuses before the disk is full', async () => {
    const spool = await opened({ reserveBytes: Number.MAX_SAFE_INTEGER });
    await expect(spool.open(announced(part10Sample()))).rejects.toMatchObject({ code: 'storage-full' });
    expect(await spool.hasRoom).toBe(false);
  });

  test('removes what was not finished when it is opened again, keeps the rest, and minds no stranger', async () => {
    const spool = await opened();
    await receive(spool, part10Sample());
    await writeFile(join(folder, 'spool', 'unfinished', 'half'), 'x');
    await mkdir(join(folder, 'spool', 'lost+found'));
    await writeFile(join(folder, 'spool', '.DS_Store'), 'x');
    const again = await opened();
    expect(await listed(again)).toEqual(kept.map(({ file }) => file));
    expect(await readdir(join(folder, 'spool', 'unfinished'))).toEqual([]);
  });

  test('says that storing failed where the folder is gone, and keeps nothing half', async () => {
    const spool = await opened();
    await rm(join(folder, 'spool'), { recursive: true });
    await writeFile(join(folder, 'spool'), 'a file');
    await expect(receive(spool, part10Sample())).rejects.toMatchObject({ code: 'storage-failed' });
    expect(kept).toEqual([]);
  });

  test('stays small while much goes through it', async () => {
    const spool = await opened();
    const reception = await spool.open(announced(part10Sample()));
    const chunk = Buffer.alloc(1024 * 1024, 7);
    await reception.write(part10Sample().dataSet.subarray(0, -512));
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) await reception.write(chunk);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    await reception.abort();
  });
});

/** A tiny disk of its own, where this process may mount one. */
const disk = mounted();

describe.skipIf(disk === undefined)('on a disk that is full', () => {
  afterEach(() => rm(join(disk as string, 'spool'), { recursive: true, force: true }));
  afterAll(() => {
    execFileSync('umount', [disk as string]);
    rmdirSync(disk as string);
  });

  test('an instance is refused as storage-full, and leaves no part of it behind', async () => {
    const spool = await opened({ directory: join(disk as string, 'spool') });
    const large = part10Sample({ rows: 800, columns: 1000 });
    await expect(receive(spool, large)).rejects.toMatchObject({ code: 'storage-full' });
    expect(kept).toEqual([]);
    expect(await filesBelow(join(disk as string, 'spool'))).toEqual([]);
    await receive(spool, part10Sample());
    expect(kept).toHaveLength(1);
  });

  test('a result is not there at all rather than cut off', async () => {
    const directory = join(disk as string, 'spool');
    const meta = { sopClassUid: MR_IMAGE_STORAGE, sopInstanceUid: '1.2', transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN };
    const dataSet = new Uint8Array(3 * 1024 * 1024);
    expect(() => writeResult({ directory, name: 'a.dcm', meta, dataSet })).toThrow(
      expect.objectContaining({ code: 'storage-full' }),
    );
    expect((await filesBelow(directory)).filter((file) => file.endsWith('a.dcm'))).toEqual([]);
  });
});

function mounted(): string | undefined {
  const at = join(tmpdir(), `tiny-disk-${process.pid}`);
  try {
    mkdirSync(at, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at], { stdio: 'ignore' });
  } catch {
    console.info('no file system can be mounted here: the tests on a full disk are skipped');
    return undefined;
  }
  return at;
}
