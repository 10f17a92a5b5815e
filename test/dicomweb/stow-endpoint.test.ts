import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api } from 'dicomweb-client';
import express from 'express';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import XMLHttpRequest from 'xhr2';
import type { AnnouncedInstance, EventLog, Intake } from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import { stowRouter } from '../../src/dicomweb/stow-endpoint.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { type FileIntake, fileIntake } from '../support/file-intake.ts';
import { requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { MR_IMAGE_STORAGE, part10Sample, type Sample } from '../support/part10-sample.ts';
import { BOUNDARY, failures, multipart, post, STOW_TYPE, storedUids } from '../support/stow-request.ts';

const silent: EventLog = { info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
let intake: FileIntake;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stow-endpoint-'));
  intake = await fileIntake(folder);
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true });
});

/** An intake that is the file intake but for what `open` is overridden with. */
async function serving(overridden: Intake = intake, partsPerUpload = 100): Promise<string> {
  const application = express().use(
    stowRouter({ intake: overridden, log: silent, userName: () => 'a user name of some length', partsPerUpload }),
  );
  const started = createServer(application);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

const samples = (count: number): readonly Sample[] =>
  Array.from({ length: count }, (_, index) => part10Sample({ number: index + 1, rows: 64, columns: 64 }));

async function keptDataSets(): Promise<readonly string[]> {
  const kept = await Promise.all(
    intake.stored.map(async (one) => (await readFile(one.file)).subarray(encodeFileMeta(one.announced).length)),
  );
  return kept.map((bytes) => bytes.toString('hex')).sort();
}

describe('the STOW-RS endpoint', () => {
  test('hands every data set to the intake byte for byte, and names each as stored', async () => {
    const sent = samples(20);
    const { status, headers, json } = await post(`${await serving()}/studies`, multipart(sent.map((one) => one.file)));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/dicom+json');
    expect(storedUids(json)).toEqual(sent.map((one) => one.sopInstanceUid));
    expect(json['00081199'].Value[0]['00081150']).toEqual({ vr: 'UI', Value: [MR_IMAGE_STORAGE] });
    expect(json['00081190']).toEqual({ vr: 'UR' });
    expect(await keptDataSets()).toEqual(sent.map((one) => one.dataSet.toString('hex')).sort());
    expect(intake.stored[0]!.announced).toMatchObject({
      via: 'stow',
      callingAeTitle: 'a user name of s',
      calledAeTitle: '',
    });
  });

  test('breaks off a request with more parts than it takes, and says so', async () => {
    const sent = samples(4);
    const { status, json } = await post(`${await serving(intake, 3)}/studies`, multipart(sent.map((one) => one.file)));
    expect([status, JSON.stringify(json)]).toEqual([400, expect.stringContaining('more than 3 parts')]);
    expect(intake.stored).toHaveLength(3);
  });

  test('stores what is good beside garbage, a truncated file and a contradiction, and says which are not', async () => {
    const [good, truncated, liar, last] = samples(4);
    const lying = Buffer.concat([
      encodeFileMeta({
        sopClassUid: MR_IMAGE_STORAGE,
        sopInstanceUid: '2.25.9',
        transferSyntaxUid: '1.2.840.10008.1.2.1',
      }),
      liar!.dataSet,
    ]);
    const body = multipart([
      good!.file,
      Buffer.from('garbage'),
      truncated!.file.subarray(0, truncated!.file.length - truncated!.dataSet.length + 5),
      lying,
      Buffer.alloc(0),
      last!.file,
    ]);
    const { status, json } = await post(`${await serving()}/studies`, body);
    expect(status).toBe(202);
    expect(storedUids(json)).toEqual([good!.sopInstanceUid, last!.sopInstanceUid]);
    expect(failures(json)).toEqual([
      [truncated!.sopInstanceUid, 0xc000],
      ['2.25.9', 0xa900],
      [undefined, 0xc000],
      [undefined, 0xc000],
    ]);
    expect(intake.quarantined).toHaveLength(4);
  });

  test('is understood by dicomweb-client', async () => {
    const client = new api.DICOMwebClient({ url: await serving(), singlepart: false, verbose: false });
    const datasets = samples(3).map((one) => new Uint8Array(one.file).buffer);
    const answer = await client.storeInstances({
      datasets,
      request: { instance: new XMLHttpRequest() as never, responseType: 'json' },
    });
    expect(storedUids(answer)).toHaveLength(3);
    expect(intake.stored).toHaveLength(3);
  });

  test.skipIf(requireOrthanc() === undefined)('is understood by Orthanc as STOW-RS client', async () => {
    const url = await serving();
    const orthanc = await startOrthanc({ settings: { DicomWeb: { Servers: { node: [`${url}/`] } } } });
    try {
      const sent = samples(5);
      const ids: string[] = [];
      for (const { file } of sent) {
        const stored = await orthanc.rest('/instances', { method: 'POST', body: new Uint8Array(file) });
        ids.push(((await stored.json()) as { ID: string }).ID);
      }
      const body = JSON.stringify({ Resources: ids, Synchronous: true });
      const answer = await orthanc.rest('/dicom-web/servers/node/stow', { method: 'POST', body });
      expect([answer.status, await answer.text()]).toMatchObject([200, expect.any(String)]);
      expect(await keptDataSets()).toEqual(sent.map((one) => one.dataSet.toString('hex')).sort());
    } finally {
      await orthanc.stop();
    }
  });

  test('answers 409 when nothing could be stored', async () => {
    const { status, json } = await post(`${await serving()}/studies`, multipart([Buffer.from('x')]));
    expect([status, failures(json)]).toEqual([409, [[undefined, 0xc000]]]);
    const otherType = await post(`${await serving()}/studies`, multipart([samples(1)[0]!.file], 'image/jpeg'));
    expect(otherType.status).toBe(409);
  });

  test.each([
    [415, { 'Content-Type': 'application/dicom' }],
    [415, { 'Content-Type': `multipart/related; type="application/dicom+json"; boundary=${BOUNDARY}` }],
    [415, { 'Content-Encoding': 'gzip' }],
    [406, { Accept: 'application/dicom+xml' }],
    [400, { 'Content-Type': 'multipart/related; type="application/dicom"' }],
    [400, { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=another' }],
  ])('answers %i to a request with %j', async (status, headers) => {
    const answer = await post(
      `${await serving()}/studies`,
      multipart([samples(1)[0]!.file]),
      headers as Record<string, string>,
    );
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(intake.stored).toHaveLength(0);
  });

  test('answers 400 to a body without parts, or that breaks off, having kept what was whole', async () => {
    const url = `${await serving()}/studies`;
    expect((await post(url, multipart([]))).status).toBe(400);
    const body = multipart(samples(2).map((one) => one.file));
    expect((await post(url, body.subarray(0, body.length - 1000))).status).toBe(400);
    expect([intake.stored.length, intake.aborted()]).toEqual([1, 1]);
  });

  test('drops the instance under way when its sender goes away', async () => {
    const url = await serving();
    const body = multipart(samples(1).map((one) => one.file));
    const request = httpRequest(`${url}/studies`, { method: 'POST', headers: { 'Content-Type': STOW_TYPE } });
    request.on('error', () => {});
    request.write(body.subarray(0, 5000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    request.destroy();
    await expect.poll(() => intake.aborted()).toBe(1);
    expect(intake.stored).toHaveLength(0);
  });

  test('asks to come back later when there is no room, and says what was stored before the room ran out', async () => {
    let room = 1;
    const filling: Intake = {
      open: (announced: AnnouncedInstance) => {
        room -= 1;
        return room < 0 ? Promise.reject(new NodeError('storage-full', 'there is no room')) : intake.open(announced);
      },
    };
    const url = `${await serving(filling)}/studies`;
    const body = multipart(samples(3).map((one) => one.file));
    const some = await post(url, body);
    expect([some.status, failures(some.json).map(([, reason]) => reason)]).toEqual([202, [0xa700, 0xa700]]);
    const none = await post(url, body);
    expect([none.status, none.headers.get('retry-after')]).toEqual([503, '60']);
    expect(failures(none.json)).toHaveLength(3);
  });

  test('answers only when everything is durable, and keeps versions of one SOP Instance UID in order', async () => {
    const events: string[] = [];
    let opened = 0;
    const slow: Intake = {
      open: async () => {
        const turn = ++opened;
        return {
          write: async () => {},
          finish: async () => {
            events.push(`finish ${turn}`);
            await new Promise((resolve) => setTimeout(resolve, turn === 1 ? 100 : 10));
            events.push(`durable ${turn}`);
          },
          refuse: async () => {},
          abort: async () => {},
        };
      },
    };
    const [first, second] = samples(2);
    const { status } = await post(
      `${await serving(slow)}/studies`,
      multipart([first!.file, second!.file, first!.file]),
    );
    events.push('answered');
    expect(status).toBe(200);
    expect(events).toEqual(['finish 1', 'finish 2', 'durable 2', 'durable 1', 'finish 3', 'durable 3', 'answered']);
  });

  test('takes from the connection only what the intake has written', async () => {
    let held = 0;
    let most = 0;
    const slow: Intake = {
      open: async () => ({
        write: async (chunk) => {
          held += chunk.length;
          most = Math.max(most, held);
          await new Promise((resolve) => setImmediate(resolve));
          held -= chunk.length;
        },
        finish: async () => {},
        refuse: async () => {},
        abort: async () => {},
      }),
    };
    const large = part10Sample({ rows: 2048, columns: 4096 });
    expect((await post(`${await serving(slow)}/studies`, multipart([large.file]))).status).toBe(200);
    expect(most).toBeLessThanOrEqual(128 * 1024);
  });
});
