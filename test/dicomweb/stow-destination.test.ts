import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryOutcome, EventLog, OutgoingInstance } from '../../src/app/ports.ts';
import { causeOfError } from '../../src/core/delivery/delivery-cause.ts';
import { stowDestination } from '../../src/dicomweb/stow-destination.ts';
import type { ClientTls } from '../../src/tls/client-tls.ts';
import { TlsCredentials } from '../../src/tls/tls-credentials.ts';
import type { TlsFiles } from '../../src/tls/tls-files.ts';
import { certificateAuthority } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { EXPLICIT_LITTLE_ENDIAN, MR_IMAGE_STORAGE, part10Sample, type Sample } from '../support/part10-sample.ts';
import { selfSigned } from '../support/self-signed.ts';
import { requireTool } from '../support/tools.ts';

const openssl = requireTool('openssl');
const silent: EventLog = { info: () => {}, warn: () => {}, error: () => {} };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stow-destination-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function outgoing(sample: Sample): Promise<OutgoingInstance> {
  const file = join(folder, `${sample.sopInstanceUid}.dcm`);
  await writeFile(file, sample.file);
  return {
    sopClassUid: MR_IMAGE_STORAGE,
    sopInstanceUid: sample.sopInstanceUid,
    transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
    file,
    dataSetOffset: sample.file.length - sample.dataSet.length,
    dataSetLength: sample.dataSet.length,
    callingAeTitle: 'MR1',
  };
}

function destinationAt(
  url: string,
  settings: { timeoutMs?: number; requestBytes?: number; headers?: Record<string, string>; tls?: ClientTls } = {},
) {
  return stowDestination({ name: 'web', url, concurrency: 1, timeoutMs: 10_000, log: silent, ...settings });
}

async function deliver(to: ReturnType<typeof destinationAt>, batch: readonly OutgoingInstance[]) {
  const outcomes: (DeliveryOutcome | undefined)[] = batch.map(() => undefined);
  await to.deliver(batch, (index, outcome) => {
    outcomes[index] = outcome;
  });
  return outcomes;
}

const orthancProgram = requireOrthanc();

describe.skipIf(orthancProgram === undefined)('an Orthanc as STOW-RS destination', () => {
  let orthanc: Orthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc();
  });
  afterAll(() => orthanc?.stop());

  test('holds every instance of a batch of several requests, byte for byte, and again after a repetition', async () => {
    const samples = [1, 2, 3, 4, 5, 6, 7].map((number) => part10Sample({ number, rows: 64, columns: 64 }));
    const batch = await Promise.all(samples.map(outgoing));
    const to = destinationAt(orthanc.dicomWebUrl, { requestBytes: 3 * samples[0]!.file.length });
    expect(await deliver(to, batch)).toEqual(samples.map(() => ({ stored: true })));
    expect(await deliver(to, batch)).toMatchObject(samples.map(() => ({ stored: true })));
    for (const sample of samples) {
      expect((await orthanc.fetchFile(sample.sopInstanceUid)).equals(sample.file)).toBe(true);
    }
  });

  test('gets an instance that is larger than a request straight from the disk', async () => {
    const sample = part10Sample({ number: 20, rows: 1024, columns: 1024 });
    const to = destinationAt(`${orthanc.dicomWebUrl}/`, { requestBytes: 100_000 });
    expect(await deliver(to, [await outgoing(sample)])).toEqual([{ stored: true }]);
    expect((await orthanc.fetchFile(sample.sopInstanceUid)).equals(sample.file)).toBe(true);
  });

  test('gets what is good in a batch, and the outcome of the instance that it cannot read says so', async () => {
    const [first, broken, last] = [30, 31, 32].map((number) => part10Sample({ number }));
    const file = Buffer.concat([first!.file.subarray(0, 128), Buffer.from('garbage')]);
    const batch = await Promise.all([outgoing(first!), outgoing({ ...broken!, file }), outgoing(last!)]);
    const outcomes = await deliver(destinationAt(orthanc.dicomWebUrl), batch);
    expect(outcomes.map((one) => one?.stored)).toEqual([true, false, true]);
    expect(outcomes[1]).toEqual({
      stored: false,
      cause: 'content-refused',
      reason: 'the destination refused it with HTTP status 400',
    });
    expect(await orthanc.sopInstanceUids()).toEqual(
      expect.arrayContaining([first!.sopInstanceUid, last!.sopInstanceUid]),
    );
  });

  test.each([
    ['in one request', 1_000_000],
    ['in requests of their own', 1],
  ])('gets what can be read of a batch %s, and no file that is cut short', async (_, requestBytes) => {
    const samples = [40, 41, 42, 43].map((number) => part10Sample({ number: number + requestBytes }));
    const [first, folder, short, last] = await Promise.all(samples.map(outgoing));
    const unreadable = { ...folder!, file: tmpdir(), dataSetOffset: 0, dataSetLength: 0 };
    await writeFile(short!.file, samples[2]!.file.subarray(0, -2));
    const to = destinationAt(orthanc.dicomWebUrl, { requestBytes });
    expect(await deliver(to, [first!, unreadable, short!, last!])).toEqual([
      { stored: true },
      expect.objectContaining({ stored: false, cause: 'file-unreadable' }),
      expect.objectContaining({ stored: false, cause: 'file-unreadable' }),
      { stored: true },
    ]);
    expect(await orthanc.sopInstanceUids()).not.toContain(short!.sopInstanceUid);
  });

  test('that has no STOW-RS service at the address is refused in plain words', async () => {
    const to = destinationAt(`${orthanc.httpUrl}/nothing`);
    await expect(deliver(to, [await outgoing(part10Sample())])).rejects.toMatchObject({
      code: 'destination-refused',
      message: expect.stringContaining('no STOW-RS service'),
    });
  });
});

describe('a destination that does not simply store', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function answering(listener: RequestListener): Promise<string> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }

  function answer(status: number, body = '', headers: Record<string, string> = {}): RequestListener {
    return (request, response) => {
      request.resume().on('end', () => response.writeHead(status, headers).end(body));
    };
  }

  const reference = (uid: string, more: object = {}) => ({ '00081155': { vr: 'UI', Value: [uid] }, ...more });
  const three = () => Promise.all([1, 2, 3].map((number) => outgoing(part10Sample({ number }))));

  test('tells stored, stored with a warning, failed and unmentioned instances apart in one 202', async () => {
    const batch = await Promise.all([1, 2, 3, 4, 5].map((number) => outgoing(part10Sample({ number }))));
    const [stored, warned, failed, there] = batch.map((one) => one.sopInstanceUid);
    const body = {
      '00081199': {
        vr: 'SQ',
        Value: [reference(stored!), reference(warned!, { '00081196': { vr: 'US', Value: [0xb000] } })],
      },
      '00081198': {
        vr: 'SQ',
        Value: [
          reference(failed!, { '00081197': { vr: 'US', Value: [0xa700] } }),
          reference(there!, { '00081197': { vr: 'US', Value: [0x0111] } }),
        ],
      },
    };
    const url = await answering(answer(202, JSON.stringify(body), { 'Content-Type': 'application/dicom+json' }));
    expect(await deliver(destinationAt(url), batch)).toEqual([
      { stored: true },
      { stored: true, warning: 'the destination changed some of its attributes (B000)' },
      { stored: false, cause: 'out-of-resources', reason: 'the destination is out of resources (A700)' },
      { stored: true, warning: 'the destination already holds this SOP Instance UID (0111)' },
      { stored: false, cause: 'no-outcome', reason: 'the destination answered 202 without saying what became of it' },
    ]);
  });

  test('holds failures without a name against instances only where there are as many', async () => {
    const batch = await three();
    const [stored] = batch;
    const other = { '00081197': { vr: 'US', Value: [0xa900] } };
    const answered = async (others: readonly object[]) => {
      const body = {
        '00081199': { vr: 'SQ', Value: [reference(stored!.sopInstanceUid)] },
        '0008119A': { vr: 'SQ', Value: others },
      };
      return deliver(destinationAt(await answering(answer(202, JSON.stringify(body)))), batch);
    };
    const mismatch = { stored: false, cause: 'mismatch' };
    const untold = { stored: false, cause: 'no-outcome' };
    expect(await answered([other, other])).toMatchObject([{ stored: true }, mismatch, mismatch]);
    expect(await answered([other])).toMatchObject([{ stored: true }, untold, untold]);
    expect(await answered([other, {}])).toMatchObject([{ stored: true }, untold, untold]);
  });

  test('reads each instance also where a 200 tells of failures', async () => {
    const [stored, failed] = await three();
    const body = {
      '00081199': { vr: 'SQ', Value: [reference(stored!.sopInstanceUid)] },
      '00081198': {
        vr: 'SQ',
        Value: [reference(failed!.sopInstanceUid, { '00081197': { vr: 'US', Value: [0x0110] } })],
      },
    };
    const url = await answering(answer(200, JSON.stringify(body)));
    expect(await deliver(destinationAt(url), [stored!, failed!])).toMatchObject([
      { stored: true },
      { stored: false, cause: 'processing-failure' },
    ]);
  });

  test('tells the reason of each instance in a 409', async () => {
    const [instance] = await three();
    const item = reference(instance!.sopInstanceUid, { '00081197': { vr: 'US', Value: [0xc122] } });
    const url = await answering(answer(409, JSON.stringify({ '00081198': { vr: 'SQ', Value: [item] } })));
    expect(await deliver(destinationAt(url), [instance!])).toEqual([
      { stored: false, cause: 'not-supported', reason: 'the destination does not support its transfer syntax (C122)' },
    ]);
  });

  test.each([
    [401, 'destination-refused', 'not-authorized'],
    [403, 'destination-refused', 'not-authorized'],
    [404, 'destination-refused', 'association-refused'],
    [406, 'destination-refused', 'association-refused'],
    [408, 'destination-failed', 'timeout'],
    [429, 'destination-failed', 'out-of-resources'],
    [500, 'destination-failed', 'server-error'],
    [503, 'destination-failed', 'out-of-resources'],
    [504, 'destination-failed', 'timeout'],
  ])('with HTTP status %i ends the batch as %s, by %s, without an outcome', async (status, code, cause) => {
    const url = await answering(answer(status));
    for (const requestBytes of [1, 1_000_000]) {
      const thrown = await deliver(destinationAt(url, { requestBytes }), await three()).catch(
        (error: unknown) => error,
      );
      expect(thrown).toMatchObject({ code });
      expect(causeOfError(thrown)).toBe(cause);
    }
  });

  test.each(['/elsewhere/studies', 'absolute', undefined])(
    'is never believed where a redirect to %s could turn the store into a query that succeeds',
    async (location) => {
      const asked: string[] = [];
      const url = await answering((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        const to = location === 'absolute' ? `http://${request.headers.host}/elsewhere/studies` : location;
        const moved = to === undefined ? {} : { Location: to };
        request.resume().on('end', () => response.writeHead(request.url === '/studies' ? 302 : 200, moved).end('[]'));
      });
      for (const requestBytes of [1, 1_000_000]) {
        await expect(deliver(destinationAt(url, { requestBytes }), await three())).rejects.toMatchObject({
          code: 'destination-refused',
          message: expect.stringContaining('redirects'),
        });
      }
      expect(asked).toEqual(['POST /studies', 'POST /studies']);
    },
  );

  test('is never believed where its answer breaks off', async () => {
    const url = await answering((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'Content-Length': '1000' }).write('{"00081199":');
        setTimeout(() => response.destroy(), 20);
      });
    });
    for (const requestBytes of [1, 1_000_000]) {
      await expect(deliver(destinationAt(url, { requestBytes }), await three())).rejects.toMatchObject({
        code: 'destination-unreachable',
      });
    }
  });

  test('that is silent is given up after its time', async () => {
    const url = await answering((request) => request.resume());
    for (const requestBytes of [1, 1_000_000]) {
      const to = destinationAt(url, { requestBytes, timeoutMs: 150 });
      await expect(deliver(to, await three())).rejects.toMatchObject({
        code: 'destination-failed',
        message: expect.stringContaining('did not answer in time'),
      });
    }
  });

  test('that nobody runs is unreachable, and the words say that nothing listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}/dicom-web`;
    for (const requestBytes of [1, 1_000_000]) {
      await expect(deliver(destinationAt(url, { requestBytes }), await three())).rejects.toMatchObject({
        code: 'destination-unreachable',
        message: expect.stringContaining('nothing listens'),
        subject: { destination: 'web' },
      });
    }
  });

  test.skipIf(openssl === undefined)(
    'whose certificate is not trusted is not sent anything, in plain words',
    async () => {
      const started = createTlsServer(await selfSigned(openssl!), () => expect.unreachable());
      server = started;
      await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
      const url = `https://127.0.0.1:${(started.address() as AddressInfo).port}`;
      for (const requestBytes of [1, 1_000_000]) {
        await expect(deliver(destinationAt(url, { requestBytes }), await three())).rejects.toMatchObject({
          code: 'destination-unreachable',
          message: expect.stringContaining('certificate is self-signed'),
        });
      }
    },
  );

  test.skipIf(openssl === undefined)(
    'is verified by an authority of its own, and shown a certificate, whether a request is streamed or not',
    async () => {
      const authority = await certificateAuthority(openssl!, folder);
      const [theirs, ours] = [await authority.issue('web'), await authority.issue('node')];
      const callers: string[] = [];
      const [key, cert, ca] = await Promise.all(
        [theirs.keyFile, theirs.certFile, authority.caFile].map((f) => readFile(f)),
      );
      const started = createTlsServer({ key, cert, ca, requestCert: true }, (request, response) => {
        callers.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
        request.resume().on('end', () => response.writeHead(401).end());
      });
      server = started;
      await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
      const url = `https://127.0.0.1:${(started.address() as AddressInfo).port}`;
      const opened = (files: TlsFiles) => TlsCredentials.open('web', files, { log: silent, now: Date.now });
      const credentials = await opened({ ...ours, caFile: authority.caFile });
      for (const requestBytes of [1, 1_000_000]) {
        const to = destinationAt(url, { requestBytes, tls: { credentials } });
        await expect(deliver(to, await three())).rejects.toThrow('does not accept the sign-in');
        const nameless = destinationAt(url, {
          requestBytes,
          tls: { credentials: await opened({ caFile: authority.caFile }) },
        });
        await expect(deliver(nameless, await three())).rejects.toThrow('it asks for a certificate of this node');
        const otherName = destinationAt(url, { requestBytes, tls: { credentials, servername: 'other' } });
        await expect(deliver(otherName, await three())).rejects.toThrow('for another host name');
      }
      expect(callers).toEqual(['node', 'node']);
    },
  );

  test('that finds a request too large gets it in halves, and only what is too large alone fails', async () => {
    const small = part10Sample({ number: 1 });
    const batch = await Promise.all(
      [small, part10Sample({ number: 2, rows: 64, columns: 64 }), part10Sample({ number: 3 })].map(outgoing),
    );
    const url = await answering((request, response) => {
      const tooLarge = Number(request.headers['content-length']) > 2 * small.file.length;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const found = [
          ...new Set(
            Buffer.concat(chunks)
              .toString('latin1')
              .match(/2\.25\.1000\.\d+/g),
          ),
        ];
        const body = JSON.stringify({ '00081199': { vr: 'SQ', Value: found.map((uid) => reference(uid)) } });
        response.writeHead(tooLarge ? 413 : 200).end(tooLarge ? '' : body);
      });
    });
    expect(await deliver(destinationAt(url), batch)).toEqual([
      { stored: true },
      { stored: false, cause: 'content-refused', reason: 'the destination refused it with HTTP status 413' },
      { stored: true },
    ]);
  });

  test('gets the configured headers, and a known length even for what is streamed', async () => {
    const seen: Record<string, unknown>[] = [];
    const url = await answering((request, response) => {
      seen.push(request.headers);
      request.resume().on('end', () => response.writeHead(200).end());
    });
    for (const requestBytes of [1, 1_000_000]) {
      const to = destinationAt(url, { requestBytes, headers: { Authorization: 'Bearer secret' } });
      await deliver(to, [(await three())[0]!]);
    }
    for (const headers of seen) {
      expect(headers).toMatchObject({ authorization: 'Bearer secret', accept: 'application/dicom+json' });
      expect(Number(headers['content-length'])).toBeGreaterThan(1000);
    }
  });

  test('does not hold up the rest of a batch for a file that is gone', async () => {
    const [first, second] = await three();
    const url = await answering(answer(200));
    const outcomes = await deliver(destinationAt(url), [{ ...first!, file: join(folder, 'gone.dcm') }, second!]);
    expect(outcomes.map((one) => one?.stored)).toEqual([false, true]);
  });
});
