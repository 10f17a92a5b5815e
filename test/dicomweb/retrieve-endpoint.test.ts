import { mkdir, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { api } from 'dicomweb-client';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import XMLHttpRequest from 'xhr2';
import { editedDataSet, shortValue } from '../support/edited-data-set.ts';
import { parsePart10, part10Of } from '../support/part10-files.ts';
import type { Sent } from '../support/running-app.ts';
import { partsOf, type ServedStudy, servedStudy } from '../support/served-study.ts';
import { smallSax } from '../support/small-study.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const DICOM_PARTS = 'multipart/related; type="application/dicom"';

const turned = smallSax('101');
const first = turned[0]!;
const { studyInstanceUid: study, seriesInstanceUid: series } = first;
const instancePath = (instance: { sopInstanceUid: string }, ofSeries = series) =>
  `/studies/${study}/series/${ofSeries}/instances/${instance.sopInstanceUid}`;

/** Two fragments behind an empty offset table, as one frame. */
const COMPRESSED = Buffer.from('feff00e000000000feff00e004000000aabbccddfeff00e002000000eeff', 'hex');
const compressed: Sent = {
  ...first,
  sopInstanceUid: '2.25.70',
  transferSyntaxUid: JPEG_LOSSLESS,
  dataSet: Buffer.concat([
    editedDataSet(first.dataSet, {
      '00080018': { vr: 'UI', value: '2.25.70' },
      '0020000e': { vr: 'UI', value: '2.25.7' },
      '7fe00010': undefined,
    }),
    Buffer.from('e07f10004f420000ffffffff', 'hex'),
    COMPRESSED,
    Buffer.from('feffdde000000000', 'hex'),
  ]),
};
/** Three frames of 2 rows and 3 columns, signed, that ask for a window. */
const FRAMES = Int16Array.from([-5, 0, 5, 10, 15, 20, ...new Array(6).fill(7), 0, 1, 2, 3, 4, 5]);
const multiframe: Sent = {
  ...first,
  sopInstanceUid: '2.25.80',
  dataSet: editedDataSet(first.dataSet, {
    '00080018': { vr: 'UI', value: '2.25.80' },
    '0020000e': { vr: 'UI', value: '2.25.8' },
    '00280004': { vr: 'CS', value: 'MONOCHROME2' },
    '00280008': { vr: 'IS', value: '3' },
    '00280010': { vr: 'US', value: shortValue(2) },
    '00280011': { vr: 'US', value: shortValue(3) },
    '00280030': { vr: 'DS', value: '2\\1' },
    '00280101': { vr: 'US', value: shortValue(16) },
    '00280102': { vr: 'US', value: shortValue(15) },
    '00280103': { vr: 'US', value: shortValue(1) },
    '00281050': { vr: 'DS', value: '5' },
    '00281051': { vr: 'DS', value: '10' },
    '00281052': undefined,
    '00281053': undefined,
    '00291010': { vr: 'OB', value: Buffer.alloc(5000, 9) },
    '7fe00010': { vr: 'OW', value: new Uint8Array(FRAMES.buffer) },
  }),
};

let served: ServedStudy;
let derivedSeries: string;
beforeAll(async () => {
  served = await servedStudy();
  served.classifier.tell(turned, '101');
  await served.receive(turned);
  await served.receive([compressed]);
  await served.receive([multiframe]);
  derivedSeries = parsePart10(part10Of({ ...first, dataSet: served.archive.received[0]!.dataSet })).seriesInstanceUid;
});
afterAll(() => served.stop());

describe('WADO-RS of instances', () => {
  test('gives a series as it was received, byte for byte', async () => {
    const answer = await served.get(`/studies/${study}/series/${series}`, `${DICOM_PARTS}; transfer-syntax=*`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('multipart/related; type="application/dicom"; boundary=');
    const parts = await partsOf(answer);
    expect(parts.map(({ type }) => type)).toEqual(turned.map(() => `application/dicom; transfer-syntax=${EXPLICIT}`));
    parts.forEach(({ body }, i) => {
      expect(body.subarray(-turned[i]!.dataSet.length).equals(Buffer.from(turned[i]!.dataSet))).toBe(true);
      expect(parsePart10(body).sopInstanceUid).toBe(turned[i]!.sopInstanceUid);
    });
  });

  test('gives the result that the archive got, under its own UIDs', async () => {
    const parts = await partsOf(await served.get(`/studies/${study}/series/${derivedSeries}`));
    const delivered = [...served.archive.holdings].filter(
      ([uid]) => !['2.25.70', '2.25.80', ...turned.map((one) => one.sopInstanceUid)].includes(uid),
    );
    expect(parts).toHaveLength(turned.length);
    for (const { body } of parts) {
      const { sopInstanceUid, dataSet } = parsePart10(body);
      expect(new Map(delivered).get(sopInstanceUid)?.equals(dataSet)).toBe(true);
    }
  });

  test('gives one instance alone where it is asked for alone', async () => {
    const answer = await served.get(instancePath(first), 'application/dicom');
    expect(answer.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${EXPLICIT}`);
    const body = Buffer.from(await answer.arrayBuffer());
    expect(body.length).toBe(Number(answer.headers.get('content-length')));
    expect(parsePart10(body).dataSet.equals(Buffer.from(first.dataSet))).toBe(true);
  });

  test('gives what is stored, in no other transfer syntax', async () => {
    const all = `/studies/${study}`;
    expect((await partsOf(await served.get(all))).length).toBe(2 * turned.length + 2);
    const explicitOnly = await served.get(all, `${DICOM_PARTS}; transfer-syntax=${EXPLICIT}`);
    expect(explicitOnly.status).toBe(206);
    expect(await partsOf(explicitOnly)).toHaveLength(2 * turned.length + 1);
    const lossless = await served.get(all, `${DICOM_PARTS}; transfer-syntax=${JPEG_LOSSLESS}`);
    expect([lossless.status, (await partsOf(lossless)).length]).toEqual([206, 1]);
    const jpeg2000 = `${DICOM_PARTS}; transfer-syntax=1.2.840.10008.1.2.4.90`;
    expect((await served.get(all, jpeg2000)).status).toBe(406);
    const either = `${jpeg2000}, ${DICOM_PARTS}; transfer-syntax=*;q=0.1`;
    expect((await served.get(all, either)).status).toBe(200);
    for (const accept of [
      'application/dicom',
      'multipart/related; type="application/dicom+xml"',
      'image/png',
      '*/*;q=0',
    ]) {
      expect([accept, (await served.get(all, accept)).status]).toEqual([accept, 406]);
    }
  });

  test.each([
    '/studies/1.2.3',
    `/studies/${study}/series/1.2.3`,
    instancePath({ sopInstanceUid: '1.2.3' }),
    instancePath({ sopInstanceUid: encodeURIComponent('../../../etc/passwd') }),
    `${instancePath({ sopInstanceUid: '1.2.3' })}%00`,
    `/studies/1.2.3/series/${series}/instances/${first.sopInstanceUid}`,
    '/studies/1.2.3/metadata',
    `${instancePath({ sopInstanceUid: '1.2.3' })}/frames/1`,
    `${instancePath({ sopInstanceUid: '1.2.3' })}/rendered`,
    `${instancePath(first)}/bulkdata/00100010/1/7FE00010`,
    `${instancePath(first)}/bulkdata/nonsense`,
    `${instancePath(first)}/bulkdata/7FE00020`,
    `${instancePath(first)}/frames/2`,
  ])('answers 404 at %s', async (path) => {
    const answer = await served.get(path);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test('ends without harm when the asker goes away in the middle', async () => {
    const { port, hostname } = new URL(served.url);
    for (let i = 0; i < 5; i++) {
      const socket = connect(Number(port), hostname);
      socket.write(`GET /dicomweb/studies/${study} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await new Promise((resolve) => socket.once('data', resolve));
      socket.destroy();
    }
    expect((await served.get(instancePath(first), 'application/dicom')).status).toBe(200);
  });

  test('is understood by dicomweb-client', async () => {
    const client = new api.DICOMwebClient({ url: served.url, singlepart: false, verbose: false });
    const ids = { studyInstanceUID: study, seriesInstanceUID: series, sopInstanceUID: first.sopInstanceUid };
    const request = () => ({ instance: new XMLHttpRequest() as never });
    const files = (await client.retrieveSeries({ ...ids, request: request() } as never)) as unknown as ArrayBuffer[];
    expect(files).toHaveLength(turned.length);
    expect(parsePart10(Buffer.from(files[0]!)).dataSet.equals(Buffer.from(first.dataSet))).toBe(true);
    const one = (await client.retrieveInstance({ ...ids, request: request() } as never)) as unknown as ArrayBuffer;
    expect(parsePart10(Buffer.from(one)).sopInstanceUid).toBe(first.sopInstanceUid);
    const metadata = (await client.retrieveSeriesMetadata({ ...ids, request: request() } as never)) as object[];
    expect(metadata).toHaveLength(turned.length);
    const frames = (await client.retrieveInstanceFrames({
      ...ids,
      frameNumbers: [1],
      request: request(),
    } as never)) as unknown as ArrayBuffer[];
    expect(Buffer.from(frames[0]!).equals(pixelsOf(first))).toBe(true);
  });
});

function pixelsOf(instance: Pick<Sent, 'dataSet'>): Buffer {
  const { elements } = parsePart10(part10Of({ ...first, dataSet: Buffer.from(instance.dataSet) }));
  const { dataOffset, length } = elements.elements['x7fe00010']!;
  return Buffer.from(elements.byteArray.subarray(dataOffset, dataOffset + length));
}

describe('WADO-RS of metadata and bulk data', () => {
  test('gives the headers of a study, with the pixels by address', async () => {
    const answer = await served.get(`/studies/${study}/metadata`);
    expect(answer.headers.get('content-type')).toContain('application/dicom+json');
    const all = (await answer.json()) as Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string }>[];
    expect(all).toHaveLength(2 * turned.length + 2);
    const one = all.find((json) => json['00080018']!.Value?.[0] === first.sopInstanceUid)!;
    expect(one).toMatchObject({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: expect.stringMatching(/^Phantom/) }] },
      '00200037': { vr: 'DS', Value: expect.arrayContaining([expect.any(Number)]) },
      '7FE00010': { vr: 'OW', BulkDataURI: `${served.url}${instancePath(first)}/bulkdata/7FE00010` },
    });
    expect(one).not.toHaveProperty('00020010');
    const pixels = await fetch(one['7FE00010']!.BulkDataURI!);
    expect(pixels.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await pixels.arrayBuffer()).equals(pixelsOf(first))).toBe(true);
    const derived = all.find((json) => json['00082112'] !== undefined)!;
    expect(derived['00082112']!.Value).toHaveLength(1);
  });

  test('gives a long private value by address, alone or as a part, and compressed pixels frame by frame', async () => {
    const at = instancePath(multiframe, '2.25.8');
    const [json] = (await (await served.get(`${at}/metadata`)).json()) as [Record<string, { BulkDataURI?: string }>];
    const uri = json['00291010']!.BulkDataURI!;
    const value = Buffer.alloc(5000, 9);
    expect(Buffer.from(await (await fetch(uri)).arrayBuffer()).equals(value)).toBe(true);
    const multi = await fetch(uri, { headers: { Accept: 'multipart/related; type="application/octet-stream"' } });
    expect((await partsOf(multi))[0]!.body.equals(value)).toBe(true);
    expect((await fetch(uri, { headers: { Accept: 'image/png' } })).status).toBe(406);
    const [part] = await partsOf(await served.get(`${instancePath(compressed, '2.25.7')}/bulkdata/7FE00010`));
    expect([part!.type, part!.body.toString('hex')]).toEqual([
      `image/jpeg; transfer-syntax=${JPEG_LOSSLESS}`,
      'aabbccddeeff',
    ]);
  });

  test('is JSON only', async () => {
    const xml = 'multipart/related; type="application/dicom+xml"';
    expect((await served.get(`/studies/${study}/metadata`, xml)).status).toBe(406);
    expect((await served.get(`/studies/${study}/metadata`, `${xml}, application/json;q=0.5`)).status).toBe(200);
  });
});

describe('WADO-RS of frames', () => {
  const at = instancePath(multiframe, '2.25.8');
  const frame = (number: number) => Buffer.from(FRAMES.buffer).subarray((number - 1) * 12, number * 12);

  test('gives those that are asked for, in that order', async () => {
    const parts = await partsOf(
      await served.get(`${at}/frames/3,1`, 'multipart/related; type="application/octet-stream"'),
    );
    expect(parts.map(({ body }) => body)).toEqual([frame(3), frame(1)]);
    expect(parts[0]!.type).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`);
    const single = await served.get(`${at}/frames/2`, 'application/octet-stream');
    expect(Buffer.from(await single.arrayBuffer()).equals(frame(2))).toBe(true);
  });

  test('gives compressed ones as they are, to who takes them', async () => {
    const path = `${instancePath(compressed, '2.25.7')}/frames/1`;
    for (const [accept, status] of [
      ['multipart/related; type="image/jpeg"', 200],
      [`multipart/related; type="application/octet-stream"; transfer-syntax=${JPEG_LOSSLESS}`, 200],
      ['multipart/related; type="application/octet-stream"; transfer-syntax=*', 200],
      ['image/*', 200],
      ['multipart/related; type="application/octet-stream"', 406],
      ['multipart/related; type="image/jp2"', 406],
    ] as const) {
      expect([accept, (await served.get(path, accept)).status]).toEqual([accept, status]);
    }
  });

  test.each([['0'], ['1,'], ['x'], ['1,2,x'], ['-1'], ['1%2C%2C2']])('refuses %s', async (list) => {
    expect((await served.get(`${at}/frames/${list}`)).status).toBe(400);
  });
});

describe('WADO-RS of rendered pictures', () => {
  const at = instancePath(multiframe, '2.25.8');
  const png = async (answer: Response) => decode(new Uint8Array(await answer.arrayBuffer()));

  test('are PNG of eight bits with square pixels, through the window of the header', async () => {
    const answer = await served.get(`${at}/frames/1/rendered`, 'image/png');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    const { width, height, channels, depth, data } = await png(answer);
    expect({ width, height, channels, depth }).toEqual({ width: 3, height: 4, channels: 1, depth: 8 });
    // PS3.3 C.11.2.1.2: ((x - 4.5) / 9 + 0.5) × 255
    expect([...data.slice(0, 3)]).toEqual([0, 0, Math.round(((5 - 4.5) / 9 + 0.5) * 255)]);
    expect([...data.slice(9)]).toEqual([255, 255, 255]);
  });

  test('show another window and another part where these are asked for', async () => {
    const wide = await png(await served.get(`${at}/frames/1/rendered?window=10,20,linear-exact`));
    expect([...wide.data.slice(0, 3)]).toEqual([0, 0, 64]);
    const part = await png(await served.get(`${at}/frames/1/rendered?viewport=2,2,0,0,1,1`));
    expect([part.width, part.height]).toEqual([1, 2]);
  });

  test('come one for each instance of a series, and leave out what is compressed', async () => {
    const parts = await partsOf(await served.get(`/studies/${study}/rendered`));
    expect(parts).toHaveLength(2 * turned.length + 3);
    expect(decode(parts[0]!.body)).toMatchObject({ depth: 8 });
    expect((await served.get(`/studies/${study}/series/2.25.7/rendered`)).status).toBe(406);
    expect((await served.get(`${instancePath(compressed, '2.25.7')}/rendered`)).status).toBe(406);
  });

  test.each([
    ['image/jpeg', '', 406],
    ['image/*', '', 200],
    ['*/*', '?accept=image/png', 200],
    ['*/*', '?window=10', 400],
    ['*/*', '?window=10,0,linear', 400],
    ['*/*', '?window=10,5,cubic', 400],
    ['*/*', '?viewport=100000,1', 400],
    ['*/*', '?viewport=10,10,0,0,9,9', 400],
    ['*/*', '?viewport=10', 400],
    ['*/*', '?quality=101', 400],
    ['*/*', '?annotation=patient', 200],
  ])('to %s with "%s" are answered with %i', async (accept, query, status) => {
    const answer = await served.get(`${at}/frames/1/rendered${query}`, accept);
    expect(answer.status).toBe(status);
    if (query.includes('annotation')) expect(answer.headers.get('warning')).toContain('annotation');
  });
});

describe('an answer that breaks on its way', () => {
  test('is cut off, and never looks whole', async () => {
    const broken = await servedStudy();
    try {
      await broken.receive(turned);
      expect((await broken.get('/studies')).status).toBe(200);
      const [last] = (await broken.app.db.all<{ file: string }>(
        'select file from instances order by id desc limit 1',
      )) as [{ file: string }];
      // A folder in place of a file opens, and cannot be read.
      await rm(join(broken.folder, last.file));
      await mkdir(join(broken.folder, last.file));
      const answer = await broken.get(`/studies/${study}`);
      expect(answer.status).toBe(200);
      await expect(answer.arrayBuffer()).rejects.toThrow();
      expect(broken.app.log.events.map(({ event }) => event)).toContain('dicomweb-answer-broken');
      const alone = await broken.get(instancePath(turned.at(-1)!), 'application/dicom');
      expect([alone.status, alone.headers.get('content-type')]).toEqual([
        500,
        'application/problem+json; charset=utf-8',
      ]);
    } finally {
      await broken.stop();
    }
  });
});

describe('what was removed', () => {
  test('is not given, nor claimed any more', async () => {
    const lost = await servedStudy();
    try {
      await lost.receive(turned);
      const spool = join(lost.folder, 'spool');
      const [hour] = (await readdir(spool)).filter((name) => /^\d{10}$/.test(name));
      const [file] = (await readdir(join(spool, hour as string))).sort();
      await rm(join(spool, hour as string, file as string));
      expect(await partsOf(await lost.get(`/studies/${study}`))).toHaveLength(turned.length - 1);
      const [found] = (await (await lost.get('/studies')).json()) as [Record<string, { Value: number[] }>];
      expect(found['00201208']!.Value).toEqual([turned.length - 1]);
      await rm(spool, { recursive: true });
      expect((await lost.get(`/studies/${study}/metadata`)).status).toBe(404);
      expect((await lost.get('/studies')).status).toBe(204);
    } finally {
      await lost.stop();
    }
  });
});
