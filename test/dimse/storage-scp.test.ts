import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Intake } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import { type StorageScp, type StorageScpOptions, startStorageScp } from '../../src/dimse/storage-scp.ts';
import { type FileIntake, fileIntake } from '../support/file-intake.ts';
import { EXPLICIT_LITTLE_ENDIAN, MR_IMAGE_STORAGE, part10Sample } from '../support/part10-sample.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { dcmtk, hasDcmtk } from './dcmtk.ts';
import {
  associated,
  associateRequest,
  commandShort,
  commandValue,
  echoCommand,
  MR_CONTEXT,
  pData,
  pdu,
  RawPeer,
  storeCommand,
  VERIFICATION_CONTEXT,
} from './raw-peer.ts';

let folder: string;
let intake: FileIntake;
let log: ReturnType<typeof recordedLog>;
let scp: StorageScp | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-scp-'));
  intake = await fileIntake(join(folder, 'intake'));
  log = recordedLog();
});

afterEach(async () => {
  await scp?.close();
  scp = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function started(options: Partial<StorageScpOptions> = {}): Promise<number> {
  const defaults = { host: '127.0.0.1', port: 0, aeTitle: 'NODE', allowedCallers: ['*'], intake, log };
  scp = await startStorageScp({ ...defaults, ...options });
  return scp.port;
}

/** Stores a sample by hand and returns the status. */
async function storeRaw(peer: RawPeer, number: number): Promise<number | undefined> {
  const sample = part10Sample({ number });
  peer.send(pData(1, { command: true, last: true }, storeCommand(sample)));
  peer.send(pData(1, { command: false, last: true }, sample.dataSet));
  return commandShort(await peer.nextPdu(), 0x0900);
}

/** An intake that does what real ones may do wrong. */
function failingIntake(at: 'open' | 'write' | 'finish', error: Error): { intake: Intake; aborted: () => number } {
  let aborted = 0;
  const failAt = async (place: string): Promise<void> => {
    if (place === at) {
      throw error;
    }
  };
  const open: Intake['open'] = async () => {
    await failAt('open');
    return {
      write: () => failAt('write'),
      finish: () => failAt('finish'),
      refuse: async () => undefined,
      abort: async () => {
        aborted += 1;
      },
    };
  };
  return { intake: { open }, aborted: () => aborted };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !condition() && Date.now() < end; ) {
    await delay(5);
  }
  expect(condition()).toBe(true);
}

const A_ABORT = 7;
const A_ASSOCIATE_RJ = 3;

describe.skipIf(!hasDcmtk)('C-STORE SCP with DCMTK as the scanner', () => {
  test('answers C-ECHO', async () => {
    const port = await started();
    expect(await dcmtk('echoscu', '-aec', 'NODE', '--repeat', '5', '127.0.0.1', String(port))).toMatchObject({
      code: 0,
    });
  });

  test('stores the data set byte for byte and hands on what was announced', async () => {
    const port = await started();
    const sample = part10Sample({ rows: 300, columns: 301 });
    await writeFile(join(folder, 'sample.dcm'), sample.file);
    const ran = await dcmtk(
      'storescu',
      '-aec',
      'NODE',
      '-aet',
      'MR1',
      '127.0.0.1',
      String(port),
      join(folder, 'sample.dcm'),
    );
    expect(ran).toMatchObject({ code: 0 });
    const [stored] = intake.stored;
    expect(stored?.announced).toEqual({
      sopClassUid: MR_IMAGE_STORAGE,
      sopInstanceUid: sample.sopInstanceUid,
      transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
      via: 'dimse',
      callingAeTitle: 'MR1',
      calledAeTitle: 'NODE',
    });
    expect((await readFile(stored!.file)).subarray(-sample.dataSet.length).equals(sample.dataSet)).toBe(true);
  });

  test('rejects a calling AE title that is not on the list, and the called AE title of somebody else', async () => {
    const port = await started({ allowedCallers: ['MR1', 'MR2'] });
    const echo = (calling: string, called: string) =>
      dcmtk('echoscu', '-aet', calling, '-aec', called, '127.0.0.1', String(port));
    expect((await echo('MR2', 'NODE')).code).toBe(0);
    expect((await echo('STRANGER', 'NODE')).output).toContain('Calling AE Title Not Recognized');
    expect((await echo('MR1', 'OTHER')).output).toContain('Called AE Title Not Recognized');
    expect(log.events.filter(({ event }) => event === 'association-rejected')).toHaveLength(2);
  });

  test('takes twenty associations at once', async () => {
    const port = await started();
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const codes = await Promise.all(
      numbers.map(async (number) => {
        const path = join(folder, `${number}.dcm`);
        await writeFile(path, part10Sample({ number, rows: 64, columns: 64 }).file);
        return (await dcmtk('storescu', '-aec', 'NODE', '127.0.0.1', String(port), path)).code;
      }),
    );
    expect(new Set(codes)).toEqual(new Set([0]));
    expect(intake.stored).toHaveLength(20);
  });

  test('lets a C-STORE whose storage is full fail as out of resources', async () => {
    const full = failingIntake('write', new NodeError('storage-full', 'no space is left'));
    const port = await started({ intake: full.intake });
    await writeFile(join(folder, 'sample.dcm'), part10Sample().file);
    const ran = await dcmtk('storescu', '-v', '-aec', 'NODE', '127.0.0.1', String(port), join(folder, 'sample.dcm'));
    expect(ran.output).toContain('Refused: OutOfResources');
    expect(full.aborted()).toBe(1);
  });
});

describe('C-STORE SCP and what peers may do', () => {
  test('accepts contexts that are proposed in descending order, under their own IDs', async () => {
    const port = await started();
    const enhanced = {
      id: 3,
      abstractSyntax: '1.2.840.10008.5.1.4.1.1.4.1',
      transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN],
    };
    const peer = await associated(port, { contexts: [enhanced, MR_CONTEXT] });
    expect(await storeRaw(peer, 1)).toBe(0);
    expect(intake.stored[0]?.announced.sopClassUid).toBe(MR_IMAGE_STORAGE);
    peer.end();
  });

  test('accepts every storage class in whatever syntax, private ones included, and no other service', async () => {
    const port = await started();
    const proposed = [
      ['1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.1.2.4.70', 0],
      ['1.3.12.2.1107.5.9.1', '1.2.840.10008.1.2.1.99', 0],
      ['1.2.840.113619.4.30', '1.2.840.113619.5.2', 0],
      ['1.2.840.10008.1.1', '1.2.840.10008.1.2', 0],
      ['1.2.840.10008.5.1.4.1.2.2.1', '1.2.840.10008.1.2', 3],
      ['1.2.840.10008.3.1.2.3.3', '1.2.840.10008.1.2', 3],
      ['1.2.840.10008.1.20.1', '1.2.840.10008.1.2', 3],
    ] as const;
    const contexts = proposed.map(([abstractSyntax, syntax], index) => ({
      id: 2 * index + 1,
      abstractSyntax,
      transferSyntaxes: [syntax],
    }));
    const peer = await RawPeer.connect(port);
    peer.send(associateRequest('NODE', contexts));
    const accept = (await peer.nextPdu())!;
    const results: number[] = [];
    for (let at = 74; at < accept.length; at += 4 + accept.readUInt16BE(at + 2)) {
      if (accept[at] === 0x21) {
        results.push(accept[at + 6]!);
      }
    }
    expect(results).toEqual(proposed.map(([, , result]) => result));
    peer.end();
  });

  test('passes on SOP Instance UIDs as they came, and echoes them', async () => {
    const announced: string[] = [];
    const port = await started({
      intake: {
        open: async ({ sopInstanceUid }) => {
          announced.push(sopInstanceUid);
          return {
            write: async () => undefined,
            finish: async () => undefined,
            refuse: async () => undefined,
            abort: async () => undefined,
          };
        },
      },
    });
    const peer = await associated(port);
    const odd = ['1.02.003', '../../etc/passwd', '9'.repeat(90), '', 'a b\\c'];
    for (const sopInstanceUid of odd) {
      peer.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid })));
      peer.send(pData(1, { command: false, last: true }, Buffer.alloc(10)));
      const response = await peer.nextPdu();
      expect(commandShort(response, 0x0900)).toBe(0);
      expect(commandShort(response, 0x0120)).toBe(7);
      const echoed = commandValue(response, 0x1000)?.toString('latin1') ?? '';
      expect(echoed.replace(/\0$/, '')).toBe(sopInstanceUid);
    }
    expect(announced).toEqual(odd);
    peer.end();
  });

  test('takes a command set and a data set in many fragments, several in one PDU', async () => {
    const port = await started();
    const peer = await associated(port);
    const sample = part10Sample();
    const command = storeCommand(sample);
    peer.send(pData(1, { command: true, last: false }, command.subarray(0, 30)));
    const [rest, first] = [
      pData(1, { command: true, last: true }, command.subarray(30)),
      pData(1, { command: false, last: false }, sample.dataSet.subarray(0, 100)),
    ];
    peer.send(pdu(4, Buffer.concat([rest.subarray(6), first.subarray(6)])));
    const last = pData(1, { command: false, last: true }, sample.dataSet.subarray(100));
    for (const byte of last) {
      peer.send(Buffer.from([byte]));
    }
    expect(commandShort(await peer.nextPdu(), 0x0900)).toBe(0);
    expect((await readFile(intake.stored[0]!.file)).subarray(-sample.dataSet.length).equals(sample.dataSet)).toBe(true);
    peer.end();
  });

  test('answers requests that were sent ahead one after the other', async () => {
    const port = await started();
    const peer = await associated(port);
    const samples = Array.from({ length: 20 }, (_, number) => part10Sample({ number, rows: 100, columns: 100 }));
    for (const sample of samples) {
      peer.send(pData(1, { command: true, last: true }, storeCommand(sample)));
      peer.send(pData(1, { command: false, last: true }, sample.dataSet));
    }
    for (const { sopInstanceUid } of samples) {
      const response = await peer.nextPdu();
      expect(commandShort(response, 0x0900)).toBe(0);
      expect(commandValue(response, 0x1000)?.toString().replace('\0', '')).toBe(sopInstanceUid);
    }
    peer.end();
  });

  test('keeps the answer back until the instance is durable', async () => {
    let finish: () => void = () => undefined;
    const port = await started({
      intake: {
        open: async () => ({
          write: async () => undefined,
          finish: () => new Promise((resolve) => (finish = resolve)),
          refuse: async () => undefined,
          abort: async () => undefined,
        }),
      },
    });
    const peer = await associated(port);
    let answered = false;
    const status = storeRaw(peer, 1).finally(() => (answered = true));
    await delay(150);
    expect(answered).toBe(false);
    finish();
    expect(await status).toBe(0);
    peer.end();
  });

  test('stays small while the intake is slow: the peer has to wait', async () => {
    let taken = 0;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const port = await started({
      intake: {
        open: async () => ({
          write: async (chunk) => {
            await gate;
            taken += chunk.length;
          },
          finish: async () => undefined,
          refuse: async () => undefined,
          abort: async () => undefined,
        }),
      },
    });
    const peer = await associated(port);
    const before = process.memoryUsage().arrayBuffers;
    const fragment = pData(1, { command: false, last: false }, Buffer.alloc(65_536));
    peer.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2' })));
    for (let count = 0; count < 800; count++) {
      peer.send(fragment);
    }
    peer.send(pData(1, { command: false, last: true }, Buffer.alloc(0)));
    await delay(300);
    // One buffer is written 800 times, so that what grew is what the node holds.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000);
    go();
    expect(commandShort(await peer.nextPdu(), 0x0900)).toBe(0);
    expect(taken).toBe(800 * 65_536);
    peer.end();
  });

  test.each([
    ['open', new NodeError('storage-full', 'full'), 0xa700, 0],
    ['write', new NodeError('storage-failed', 'broken'), 0x0110, 1],
    ['finish', new NodeError('truncated', 'short'), 0xc000, 0],
    ['finish', new NodeError('contradicts-context', 'other'), 0xa900, 0],
    ['finish', new NodeError('caller-not-allowed', 'who'), 0x0124, 0],
    ['write', new Error('a name that must not be told'), 0x0110, 1],
  ] as const)('answers what %s throws with its status and goes on', async (at, error, status, aborts) => {
    const failing = failingIntake(at, error);
    const port = await started({ intake: failing.intake });
    const peer = await associated(port);
    for (const number of [1, 2]) {
      const sample = part10Sample({ number });
      peer.send(pData(1, { command: true, last: true }, storeCommand(sample)));
      peer.send(pData(1, { command: false, last: true }, sample.dataSet));
      const response = await peer.nextPdu();
      expect(commandShort(response, 0x0900)).toBe(status);
      expect(commandValue(response, 0x0902)?.toString()).not.toContain('name');
      expect(failing.aborted()).toBe(aborts * number);
    }
    peer.end();
  });

  test('refuses a C-STORE without a data set, and one whose class is not its context', async () => {
    const port = await started();
    const peer = await associated(port);
    peer.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2', hasDataSet: false })));
    expect(commandShort(await peer.nextPdu(), 0x0900)).toBe(0xc000);
    const sample = part10Sample();
    const otherClass = storeCommand({ ...sample, sopClassUid: '1.2.840.10008.5.1.4.1.1.2' });
    peer.send(pData(1, { command: true, last: true }, otherClass));
    peer.send(pData(1, { command: false, last: true }, sample.dataSet));
    expect(commandShort(await peer.nextPdu(), 0x0900)).toBe(0xa900);
    expect(intake.quarantined).toHaveLength(1);
    expect((await readFile(intake.quarantined[0] as string)).includes(sample.dataSet)).toBe(true);
    expect(await storeRaw(peer, 3)).toBe(0);
    expect(intake.stored).toHaveLength(1);
    peer.end();
  });

  test('refuses garbage in place of a data set, and keeps it', async () => {
    const port = await started();
    const peer = await associated(port);
    peer.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2' })));
    peer.send(pData(1, { command: false, last: true }, Buffer.from('GET / HTTP/1.1\r\n\r\n')));
    expect(commandShort(await peer.nextPdu(), 0x0900)).toBeGreaterThanOrEqual(0xa900);
    expect(intake.quarantined).toHaveLength(1);
    peer.end();
  });

  test('drops what arrived when the peer vanishes or aborts in the middle of a data set', async () => {
    const port = await started();
    for (const goAway of [
      (peer: RawPeer) => peer.vanish(),
      (peer: RawPeer) => peer.end(),
      (peer: RawPeer) => peer.send(pdu(A_ABORT, Buffer.alloc(4))),
    ]) {
      const before = intake.aborted();
      const peer = await associated(port);
      peer.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2' })));
      peer.send(pData(1, { command: false, last: false }, Buffer.alloc(70_000)));
      await delay(20);
      goAway(peer);
      await until(() => intake.aborted() === before + 1);
    }
    expect(intake.stored).toHaveLength(0);
  });

  const LAST_COMMAND = { command: true, last: true };
  const WRONG: readonly (readonly [string, Buffer])[] = [
    ['a PDU of four gigabytes', Buffer.from([4, 0, 0xff, 0xff, 0xff, 0xff])],
    ['an unknown PDU type', Buffer.from([0x47, 0x45, 0x54, 0x20, 0x2f, 0x20])],
    ['a PDV that does not fit', pdu(4, Buffer.from([0, 0, 1, 0, 1, 3, 0, 0]))],
    ['thousands of empty PDVs', pdu(4, Buffer.concat(Array(2000).fill(Buffer.from([0, 0, 0, 2, 1, 1]))))],
    ['a garbage command set', pData(1, LAST_COMMAND, Buffer.alloc(64, 0x41))],
    ['an empty command set', pData(1, LAST_COMMAND, Buffer.alloc(0))],
    [
      'a command set without end',
      Buffer.concat(Array(40).fill(pData(1, { command: true, last: false }, Buffer.alloc(1000)))),
    ],
    ['a data set without a command set', pData(1, { command: false, last: false }, Buffer.alloc(10))],
    ['a context that was not accepted', pData(5, LAST_COMMAND, storeCommand({ sopInstanceUid: '1.2' }))],
    [
      'a data set on another context',
      Buffer.concat([
        pData(1, LAST_COMMAND, storeCommand({ sopInstanceUid: '1.2' })),
        pData(3, { command: false, last: true }, Buffer.alloc(10)),
      ]),
    ],
    ['a second association request', associateRequest('NODE', [MR_CONTEXT])],
    ['a release response nobody asked for', pdu(6, Buffer.alloc(4))],
  ];

  test.each(WRONG)('aborts the association over %s, and no other', async (_what, bytes) => {
    const port = await started();
    const other = await associated(port);
    const contexts = [MR_CONTEXT, { ...MR_CONTEXT, id: 3 }];
    const peer = await associated(port, { contexts });
    peer.send(bytes);
    expect((await peer.nextPdu())?.[0]).toBe(A_ABORT);
    await peer.closed();
    expect(await storeRaw(other, 2)).toBe(0);
    other.end();
  });

  test('aborts a malformed association request and one that names a context twice', async () => {
    const port = await started();
    for (const bytes of [
      pdu(1, Buffer.alloc(20)),
      pdu(1, Buffer.concat([Buffer.alloc(68), Buffer.from([0x20, 0, 0xff, 0xff, 1])])),
      associateRequest('NODE', [MR_CONTEXT, MR_CONTEXT]),
    ]) {
      const peer = await RawPeer.connect(port);
      peer.send(bytes);
      expect((await peer.nextPdu())?.[0]).toBe(A_ABORT);
      await peer.closed();
    }
  });

  test('ends a connection that never asks, and an association that falls silent', async () => {
    const limits = { associationRequestSeconds: 0.1, messageSeconds: 0.15, idleSeconds: 0.3 };
    const port = await started({ limits });
    const mute = await RawPeer.connect(port);
    expect((await mute.nextPdu())?.[0]).toBe(A_ABORT);
    const idle = await associated(port);
    expect((await idle.nextPdu())?.[0]).toBe(A_ABORT);
    const stalled = await associated(port);
    stalled.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2' })));
    stalled.send(pData(1, { command: false, last: false }, Buffer.alloc(100)));
    expect((await stalled.nextPdu())?.[0]).toBe(A_ABORT);
    await until(() => intake.aborted() === 1);
  });

  test('ends an association whose PDU comes a byte at a time, and one whose peer takes no answers', async () => {
    const port = await started({ limits: { messageSeconds: 0.3, idleSeconds: 30 } });
    const dripping = await associated(port);
    const message = pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2' }));
    const answered = dripping.nextPdu();
    let sent = 0;
    const drops = setInterval(() => dripping.send(message.subarray(sent, ++sent)), 50);
    expect((await answered)?.[0]).toBe(A_ABORT);
    clearInterval(drops);
    expect(sent).toBeLessThan(message.length);

    const deaf = connect({ host: '127.0.0.1', port });
    deaf.on('error', () => undefined);
    const gone = new Promise((resolve) => deaf.once('close', resolve));
    deaf.pause();
    deaf.write(associateRequest('NODE', [VERIFICATION_CONTEXT]));
    const echo = pData(1, { command: true, last: true }, echoCommand());
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => echo));
    // Who does not read hears only from its writes that the other side has gone.
    for (; !deaf.destroyed; await delay(10)) deaf.write(many);
    await gone;
  });

  test('leaves places for others where one address asks for all', async () => {
    const port = await started({ limits: { maxAssociations: 9, maxAssociationsPerAddress: 2 } });
    const [first] = [await associated(port), await associated(port)];
    await expect(associated(port)).rejects.toThrow('not accepted: PDU 0300');
    first.send(pdu(5, Buffer.alloc(4)));
    await first.closed();
    await delay(20);
    (await associated(port)).end();
  });

  test('rejects one association too many for the moment, and takes the next when one has ended', async () => {
    const port = await started({ limits: { maxAssociations: 2 } });
    const [first] = [await associated(port), await associated(port)];
    const third = await RawPeer.connect(port);
    third.send(associateRequest('NODE', [MR_CONTEXT]));
    const rejected = await third.nextPdu();
    expect([...rejected!]).toEqual([A_ASSOCIATE_RJ, 0, 0, 0, 0, 4, 0, 2, 3, 2]);
    first.send(pdu(5, Buffer.alloc(4)));
    expect((await first.nextPdu())?.[0]).toBe(6);
    await first.closed();
    await delay(20);
    (await associated(port)).end();
  });

  test('closing lets the C-STORE under way end with its answer, and leaves no reception open', async () => {
    let finish: () => void = () => undefined;
    const port = await started({
      intake: {
        open: async () => ({
          write: async () => undefined,
          finish: () => new Promise((resolve) => (finish = resolve)),
          refuse: async () => undefined,
          abort: async () => undefined,
        }),
      },
    });
    const peer = await associated(port);
    const idle = await associated(port);
    const status = storeRaw(peer, 1);
    await delay(50);
    const closing = scp!.close();
    expect((await idle.nextPdu())?.[0]).toBe(A_ABORT);
    await expect(RawPeer.connect(port)).rejects.toThrow();
    finish();
    expect(await status).toBe(0);
    await closing;
  });

  test('closing does not wait for ever for a peer that stopped in the middle', async () => {
    const port = await started({ limits: { closeSeconds: 0.1 } });
    const peer = await associated(port);
    peer.send(pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2' })));
    peer.send(pData(1, { command: false, last: false }, Buffer.alloc(100)));
    await delay(30);
    await scp!.close();
    await until(() => intake.aborted() === 1);
  });
});
