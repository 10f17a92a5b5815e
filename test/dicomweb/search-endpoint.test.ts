import { api } from 'dicomweb-client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import XMLHttpRequest from 'xhr2';
import { changed, type Sent } from '../support/running-app.ts';
import { type ServedStudy, servedStudy } from '../support/served-study.ts';
import { smallSax, smallScout } from '../support/small-study.ts';

type Json = Record<string, { vr: string; Value?: unknown[] }>;

const turned = smallSax('101', { seriesNumber: 3 });
const scout = smallScout();
const study = turned[0]!.studyInstanceUid;
const other = scout.map((one) => changed(one, { StudyInstanceUID: ['1.2.9'], SeriesInstanceUID: ['1.2.9.1'] }));

let served: ServedStudy;
beforeAll(async () => {
  served = await servedStudy();
  served.classifier.tell(turned, '101');
  await served.receive([...turned, ...scout]);
  const named = other.map((one, i) => changed(one as Sent, { SOPInstanceUID: [`1.2.9.1.${i}`] }));
  await served.receive(named);
});
afterAll(() => served.stop());

async function search(path: string): Promise<readonly Json[]> {
  const answer = await served.get(path);
  if (answer.status === 204) return [];
  expect([answer.status, path]).toEqual([200, path]);
  expect(answer.headers.get('content-type')).toContain('application/dicom+json');
  return (await answer.json()) as Json[];
}
const values = (found: readonly Json[], tag: string) => found.map((one) => one[tag]?.Value?.[0]);

describe('QIDO-RS', () => {
  test('finds studies, with counts of what was received and what was derived of it', async () => {
    const studies = await search('/studies');
    expect(values(studies, '0020000D')).toEqual(['1.2.9', study]);
    expect(studies[1]).toMatchObject({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080020': { vr: 'DA' },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080061': { vr: 'CS', Value: ['MR'] },
      '00081190': { vr: 'UR', Value: [`${served.url}/studies/${study}`] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: expect.stringMatching(/^Phantom/) }] },
      '00100020': { vr: 'LO' },
      '00100040': { vr: 'CS' },
      '00201206': { vr: 'IS', Value: [3] },
      '00201208': { vr: 'IS', Value: [2 * turned.length + scout.length] },
    });
    expect(studies[1]).not.toHaveProperty('00081030');
  });

  test('finds the series of a study, originals and results each under their own UIDs', async () => {
    const series = await search(`/studies/${study}/series?SeriesDescription=*`);
    expect(series).toHaveLength(3);
    expect(values(series, '0020000D')).toEqual([study, study, study]);
    expect(new Set(values(series, '0020000E')).size).toBe(3);
    expect(values(series, '00200011').map(Number).sort()).toEqual(
      [1003, 3, Number(values(series, '00200011')[1])].sort(),
    );
    expect(series[0]).not.toHaveProperty('00100010');
    const uid = String(series[0]!['0020000E']!.Value![0]);
    expect(series[0]!['00081190']!.Value).toEqual([`${served.url}/studies/${study}/series/${uid}`]);
  });

  test('tells of all series and all instances what they belong to', async () => {
    expect((await search('/series'))[0]).toMatchObject({ '00100020': { vr: 'LO' }, '00201206': { vr: 'IS' } });
    const [instance] = await search('/instances?limit=1');
    expect(instance).toMatchObject({ '00100020': { vr: 'LO' }, '00080060': { vr: 'CS' }, '00080018': { vr: 'UI' } });
    const [nested] = await search(`/studies/${study}/instances?limit=1`);
    expect(nested).toMatchObject({ '00080060': { vr: 'CS' }, '00280010': { vr: 'US', Value: [24] } });
    expect(nested).not.toHaveProperty('00100020');
  });

  test('finds the instances of a series, page by page', async () => {
    const path = `/studies/${study}/series/${turned[0]!.seriesInstanceUid}/instances`;
    const all = values(await search(path), '00080018');
    expect(all).toEqual(turned.map(({ sopInstanceUid }) => sopInstanceUid));
    expect(values(await search(`${path}?limit=2&offset=1`), '00080018')).toEqual(all.slice(1, 3));
    expect(await search(`${path}?offset=100`)).toEqual([]);
    expect(await search(`${path}?limit=0`)).toEqual([]);
  });

  test.each([
    [`/studies?PatientName=PHANTOM*&StudyInstanceUID=${study}`, 1],
    ['/studies?PatientName=nobody', 0],
    [`/studies?0020000D=${study},1.2.9,1.2.3`, 2],
    [`/studies?0020000d=1.2.9%5C1.2.3`, 1],
    ['/studies?ModalitiesInStudy=CT', 0],
    ['/studies?StudyDate=19000101-29991231', 2],
    ['/studies?StudyDate=-19000101', 0],
    ['/series?Modality=MR&SeriesNumber=1003', 1],
    [`/studies/${study}/series?SeriesDescription=*%5Bstd%5D`, 1],
    [`/studies/1.2.9/series?StudyInstanceUID=${study}`, 0],
    ['/studies/1.2.3.4.5/series', 0],
    ['/studies/x%27%20or%201=1/instances', 0],
    ['/instances?SOPInstanceUID=1.2.9.1.0', 1],
    ['/instances?PatientID=&limit=3', 3],
  ])('answers %s with %i', async (path, count) => {
    expect(await search(path)).toHaveLength(count);
  });

  test('returns what includefield asks for, of the level and those above it', async () => {
    const [one] = await search(
      `/studies/${study}/series?includefield=00080070,StudyDescription&includefield=PatientID`,
    );
    expect(one).toMatchObject({ '00080070': { vr: 'LO' }, '00081030': { vr: 'LO' }, '00100020': { vr: 'LO' } });
    const [all] = await search(`/studies/${study}/series?includefield=all`);
    expect(all).toMatchObject({ '00181030': { vr: 'LO' }, '00080070': { vr: 'LO' } });
  });

  test.each([
    ['fuzzymatching=true', /fuzzymatching parameter is not supported. Only literal matching has been performed/],
    ['emptyvaluematching=true', /Empty Value Matching has not been performed/],
    ['SliceThickness=3&includefield=SOPInstanceUID', /ignored: SliceThickness, SOPInstanceUID/],
    ['PatientAge=030Y', /ignored: PatientAge/],
  ])('says in a warning what it does not do: %s', async (query, warning) => {
    const answer = await served.get(`/studies?${query}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('warning')).toMatch(/^299 cmr-node "/);
    expect(answer.headers.get('warning')).toMatch(warning);
  });

  test.each([
    'limit=-1',
    'limit=x',
    'offset=1e3',
    'limit=1&limit=2',
    'fuzzymatching=maybe',
    'StudyDate=yesterday',
    'StudyTime=2500',
    'PatientNme=x',
    'PatientName=a&00100010=b',
    `PatientName=${'a'.repeat(2000)}`,
    'constructor=x',
    'a.b.c=1',
  ])('refuses %s', async (query) => {
    const answer = await served.get(`/studies?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.text()).not.toContain('aaaa');
  });

  test('answers whatever is asked, and never fails inside', async () => {
    const names = ['PatientName', 'StudyDate', 'limit', 'includefield', '00400275.00400009', 'StudyInstanceUID'];
    const name = fc.oneof(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 8 }));
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('*'.repeat(900), '[a-', "';--"),
    );
    const accept = fc.string({ unit: fc.constantFrom(...'*/;=",q.0 abtype'), maxLength: 20 });
    const asked = fc.tuple(fc.array(fc.tuple(name, value), { maxLength: 4 }), accept);
    await fc.assert(
      fc.asyncProperty(asked, async ([pairs, header]) => {
        const query = pairs.map((pair) => pair.map((text) => encodeURIComponent(text)).join('=')).join('&');
        const answer = await served.get(`/studies?${query}`, header.trim());
        expect([200, 204, 400, 406]).toContain(answer.status);
      }),
      { numRuns: 150 },
    );
  });

  test('answers 406 to who wants XML only, and JSON to everybody else', async () => {
    expect((await served.get('/studies', 'multipart/related; type="application/dicom+xml"')).status).toBe(406);
    for (const accept of ['*/*', 'application/json', 'application/dicom+json', 'text/html, application/*;q=0.8']) {
      expect((await served.get('/studies', accept)).status).toBe(200);
    }
    expect((await served.get('/studies?accept=application/dicom%2Bjson', 'image/png')).status).toBe(200);
  });

  test('is understood by dicomweb-client', async () => {
    const client = new api.DICOMwebClient({ url: served.url, singlepart: false, verbose: false });
    const request = () => ({ instance: new XMLHttpRequest() as never });
    const queryParams = { PatientName: 'Phantom*', limit: '10' };
    const studies = (await client.searchForStudies({ queryParams, request: request() } as never)) as unknown as Json[];
    expect(values(studies, '0020000D')).toContain(study);
    const options = { studyInstanceUID: study, request: request() } as never;
    expect(await client.searchForSeries(options)).toHaveLength(3);
  });

  test('leads behind a proxy to where the asker came from', async () => {
    const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'pacs.example.org' };
    const [one] = (await (await fetch(`${served.url}/studies?limit=1`, { headers })).json()) as [Json];
    expect(one['00081190']!.Value![0]).toMatch(/^https:\/\/pacs\.example\.org\/dicomweb\/studies\//);
    const odd = { 'X-Forwarded-Host': 'evil"/><script>' };
    const [two] = (await (await fetch(`${served.url}/studies?limit=1`, { headers: odd })).json()) as [Json];
    expect(two['00081190']!.Value![0]).toMatch(/^\/dicomweb\/studies\//);
  });

  test('writes no value of a patient to the log', () => {
    expect(JSON.stringify(served.app.log.events)).not.toMatch(/Phantom|PHANTOM/i);
  });
});
