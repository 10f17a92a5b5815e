import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog, Intake } from '../../src/app/ports.ts';
import { multipartParts } from '../../src/dicomweb/multipart-related.ts';
import { receivePart } from '../../src/dicomweb/receive-part.ts';
import type { StoredOrNot } from '../../src/dicomweb/store-response.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { InstanceSpool, type KeptInstance } from '../../src/spool/instance-spool.ts';
import {
  EXPLICIT_LITTLE_ENDIAN,
  element,
  MR_IMAGE_STORAGE,
  part10Sample,
  type Sample,
} from '../support/part10-sample.ts';
import { BOUNDARY, multipart } from '../support/stow-request.ts';

const silent: EventLog = { info: () => {}, warn: () => {}, error: () => {} };
const DEFLATED = '1.2.840.10008.1.2.1.99';

let folder: string;
let kept: KeptInstance[];
let spool: InstanceSpool;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receive-part-'));
  kept = [];
  spool = await InstanceSpool.open({
    directory: join(folder, 'spool'),
    quarantineDirectory: join(folder, 'quarantine'),
    reserveBytes: 0,
    log: silent,
    now: Date.now,
    onKept: (one) => kept.push(one),
    onRefused: () => {},
  });
});
afterEach(() => rm(folder, { recursive: true }));

interface How {
  readonly studyInstanceUid?: string;
  readonly chunkBytes?: number;
  readonly intake?: Intake;
}

/** What becomes of files that arrive as parts of one request, in chunks of a size. */
async function received(files: readonly Buffer[], how: How = {}): Promise<readonly StoredOrNot[]> {
  const { chunkBytes = 65536, intake = spool, ...study } = how;
  const body = multipart(files);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < body.length; at += chunkBytes) {
      yield body.subarray(at, at + chunkBytes);
    }
  }
  const outcomes: StoredOrNot[] = [];
  for await (const part of multipartParts(chunks(), BOUNDARY)) {
    const { keep } = await receivePart(part, { intake, log: silent, callingAeTitle: 'WEB', ...study });
    outcomes.push(await keep());
  }
  return outcomes;
}

const reasons = (outcomes: readonly StoredOrNot[]) => outcomes.map((one) => one.failureReason);
const deflated = (one: Sample) =>
  Buffer.concat([
    encodeFileMeta({ sopClassUid: MR_IMAGE_STORAGE, sopInstanceUid: one.sopInstanceUid, transferSyntaxUid: DEFLATED }),
    deflateRawSync(one.dataSet),
  ]);

describe('a part of a store request', () => {
  test.each([1, 7, 150, 65536])('is kept byte for byte when it comes in chunks of %i bytes', async (chunkBytes) => {
    const sample = part10Sample();
    expect(reasons(await received([sample.file], { chunkBytes }))).toEqual([undefined]);
    const [one] = kept;
    const file = await readFile(spool.absolute(one!.file));
    expect(file.subarray(one!.dataSetOffset).equals(sample.dataSet)).toBe(true);
    expect(one!.announced).toMatchObject({ via: 'stow', callingAeTitle: 'WEB', sopInstanceUid: sample.sopInstanceUid });
  });

  test('that is no Part 10 file fails and goes to quarantine, never among the instances', async () => {
    const { file, dataSet } = part10Sample();
    const implicit = Buffer.from([0x08, 0, 0x18, 0, 4, 0, 0, 0, 0x31, 0x2e, 0x32, 0]);
    const none = [
      Buffer.from('garbage'),
      Buffer.alloc(0),
      Buffer.alloc(200),
      Buffer.alloc(5_000_000, 7),
      dataSet,
      implicit,
      file.subarray(0, 140),
      Buffer.concat([file.subarray(0, 128), Buffer.from('MCID'), file.subarray(132)]),
    ];
    const outcomes = await received([...none, file]);
    expect(reasons(outcomes)).toEqual([...none.map(() => 0xc000), undefined]);
    expect(outcomes.slice(0, -1).every((one) => one.sopInstanceUid === '')).toBe(true);
    expect(kept).toHaveLength(1);
    const quarantined = await readdir(join(folder, 'quarantine'), { recursive: true });
    expect(quarantined.filter((name) => name.endsWith('.dcm') || name.endsWith('.bin')).length).toBe(none.length);
  });

  test('that is cut off or is another instance than its file meta information says fails with its reason', async () => {
    const [first, second] = [part10Sample({ number: 1 }), part10Sample({ number: 2 })];
    const meta = { sopClassUid: MR_IMAGE_STORAGE, sopInstanceUid: '2.25.9', transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN };
    const lying = Buffer.concat([encodeFileMeta(meta), second.dataSet]);
    const outcomes = await received([first.file.subarray(0, first.file.length - 50), lying, second.file]);
    expect(reasons(outcomes)).toEqual([0xc000, 0xa900, undefined]);
    expect(outcomes.map((one) => one.sopInstanceUid)).toEqual([first.sopInstanceUid, '2.25.9', second.sopInstanceUid]);
  });
});

describe('a part of a store request for one study', () => {
  const studyInstanceUid = '2.25.777';
  const mine = part10Sample({ number: 1, studyInstanceUid, rows: 512, columns: 512 });
  const other = part10Sample({ number: 2, studyInstanceUid: '2.25.7', rows: 512, columns: 512 });

  test.each([100, 65536])(
    'fails alone where it belongs to another study or to none (chunks of %i bytes)',
    async (chunkBytes) => {
      const meta = mine.file.subarray(0, mine.file.length - mine.dataSet.length);
      const none = Buffer.concat([
        meta,
        element(0x0008, 0x0018, 'UI', mine.sopInstanceUid),
        element(0x0028, 0x0010, 'US', Buffer.from([1, 0])),
      ]);
      const files = [other.file, mine.file, none, deflated(other), deflated(mine)];
      const outcomes = await received(files, { studyInstanceUid, chunkBytes });
      expect(reasons(outcomes)).toEqual([0xa901, undefined, 0xa901, 0xa901, undefined]);
      expect(kept.map((one) => one.header.sopInstanceUid)).toEqual([mine.sopInstanceUid, mine.sopInstanceUid]);
    },
  );

  test('is judged behind a private element of a megabyte too', async () => {
    const at = mine.file.indexOf(Buffer.from([0x10, 0, 0x10, 0, 0x50, 0x4e]));
    const large = element(0x0009, 0x1002, 'UN', Buffer.alloc(1_000_000, 1));
    const file = Buffer.concat([mine.file.subarray(0, at), large, mine.file.subarray(at)]);
    expect(reasons(await received([file], { studyInstanceUid }))).toEqual([undefined]);
    expect(reasons(await received([file], { studyInstanceUid: '2.25.778' }))).toEqual([0xa901]);
  });

  test('that belongs to another is kept in quarantine as a whole, with the reason', async () => {
    await received([other.file], { studyInstanceUid, chunkBytes: 1000 });
    const [bytes, reason] = (await readdir(join(folder, 'quarantine'))).sort();
    const quarantined = await readFile(join(folder, 'quarantine', bytes as string));
    expect(quarantined.includes(other.dataSet)).toBe(true);
    expect(JSON.parse(await readFile(join(folder, 'quarantine', reason as string), 'utf8'))).toMatchObject({
      code: 'contradicts-context',
      subject: { attribute: 'StudyInstanceUID' },
    });
  });

  test('that cannot be read is left to the intake to judge, and goes to quarantine', async () => {
    const cut = mine.file.subarray(0, mine.file.indexOf(Buffer.from('2.25.777')) + 3);
    expect(reasons(await received([cut], { studyInstanceUid }))).toEqual([0xc000]);
    expect(await readdir(join(folder, 'quarantine'))).not.toHaveLength(0);
  });
});
