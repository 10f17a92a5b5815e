import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import dicomParser from 'dicom-parser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archivedFile, startEmbeddedArchive } from '../../src/dimse/embedded-archive.ts';
import type { StorageScp } from '../../src/dimse/storage-scp.ts';
import { part10Sample, type Sample } from '../support/part10-sample.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { requireTool } from '../support/tools.ts';
import { associated, commandShort, pData, type RawPeer, storeCommand } from './raw-peer.ts';

let directory: string;
let archive: StorageScp;

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'embedded-archive-')), 'archive');
  const log = recordedLog();
  archive = await startEmbeddedArchive({ host: '127.0.0.1', port: 0, aeTitle: 'ARCHIVE', directory, log });
});

afterEach(async () => {
  await archive.close();
  await rm(join(directory, '..'), { recursive: true, force: true });
});

async function store(peer: RawPeer, sample: Pick<Sample, 'sopInstanceUid' | 'dataSet'>): Promise<number | undefined> {
  peer.send(pData(1, { command: true, last: true }, storeCommand(sample)));
  peer.send(pData(1, { command: false, last: true }, sample.dataSet));
  return commandShort(await peer.nextPdu(), 0x0900);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

describe('embedded archive', () => {
  test('keeps each instance as a Part 10 file with its data set as it came', async () => {
    const peer = await associated(archive.port, { called: 'ARCHIVE' });
    const sample = part10Sample();
    expect(await store(peer, sample)).toBe(0);
    const file = await readFile(archivedFile(directory, sample.sopInstanceUid));
    expect(file.subarray(-sample.dataSet.length).equals(sample.dataSet)).toBe(true);
    const parsed = dicomParser.parseDicom(file);
    expect(parsed.string('x00020003')).toBe(sample.sopInstanceUid);
    expect(parsed.string('x00020017')).toBe('RAWPEER');
    peer.end();
  });

  test.skipIf(requireTool('dcmdump') === undefined)('writes files that DCMTK reads', async () => {
    const peer = await associated(archive.port, { called: 'ARCHIVE' });
    const sample = part10Sample();
    await store(peer, sample);
    peer.end();
    const path = archivedFile(directory, sample.sopInstanceUid);
    const output = await new Promise<string>((resolve) => {
      execFile('dcmdump', [path], (_error, stdout, stderr) => resolve(stdout + stderr));
    });
    expect(output).toContain(`[${sample.sopInstanceUid}]`);
    expect(output).not.toMatch(/^[EW]:/m);
  });

  test('replaces an instance that comes again, and keeps one file for it', async () => {
    const peer = await associated(archive.port, { called: 'ARCHIVE' });
    const [first, second] = [part10Sample({ number: 1 }), part10Sample({ number: 1, rows: 20 })];
    await store(peer, first);
    await store(peer, second);
    expect(await filesIn(directory)).toHaveLength(1);
    const file = await readFile(archivedFile(directory, first.sopInstanceUid));
    expect(file.subarray(-second.dataSet.length).equals(second.dataSet)).toBe(true);
    peer.end();
  });

  test('never makes a UID a path', async () => {
    const peer = await associated(archive.port, { called: 'ARCHIVE' });
    const { dataSet } = part10Sample();
    for (const sopInstanceUid of ['../../../escaped', '/absolute', '', '.']) {
      expect(await store(peer, { sopInstanceUid, dataSet })).toBe(0);
    }
    for (const file of await filesIn(join(directory, '..'))) {
      expect(file).toMatch(/^archive\/[0-9a-f]{2}\/[0-9a-f]{64}\.dcm$/);
    }
    peer.end();
  });

  test('refuses an empty data set and leaves nothing of it behind', async () => {
    const peer = await associated(archive.port, { called: 'ARCHIVE' });
    expect(await store(peer, { sopInstanceUid: '1.2', dataSet: Buffer.alloc(0) })).toBe(0xc000);
    expect(await filesIn(directory)).toEqual([]);
    peer.end();
  });

  test('keeps what contradicts its presentation context apart, with the reason', async () => {
    const peer = await associated(archive.port, { called: 'ARCHIVE' });
    const sample = part10Sample();
    const otherClass = storeCommand({ ...sample, sopClassUid: '1.2.840.10008.5.1.4.1.1.2' });
    peer.send(pData(1, { command: true, last: true }, otherClass));
    peer.send(pData(1, { command: false, last: true }, sample.dataSet));
    expect(commandShort(await peer.nextPdu(), 0x0900)).toBe(0xa900);
    const [bytes, reason] = (await filesIn(directory)).toSorted();
    expect((await readFile(join(directory, bytes as string))).includes(sample.dataSet)).toBe(true);
    expect(JSON.parse(await readFile(join(directory, reason as string), 'utf8'))).toMatchObject({
      code: 'contradicts-context',
      subject: { attribute: 'SOPClassUID' },
    });
    peer.end();
  });

  test('says that storing failed where it cannot write', async () => {
    const peer = await associated(archive.port, { called: 'ARCHIVE' });
    await rm(directory, { recursive: true });
    await writeFile(directory, 'a file in the place of the folder');
    expect(await store(peer, part10Sample())).toBe(0x0110);
    peer.end();
  });
});
