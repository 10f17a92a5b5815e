import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { parsePart10, part10Of } from '../support/part10-files.ts';
import { changed, type Sent } from '../support/running-app.ts';
import { partsOf, type ServedStudy, servedStudy } from '../support/served-study.ts';
import { smallSax, smallScout } from '../support/small-study.ts';

type Json = Record<string, { vr: string; Value?: unknown[]; BulkDataURI?: string; InlineBinary?: string }>;

/** What neither side has of the instances: links, availability, and how text is encoded. */
const OF_THE_SERVER = ['00080005', '00080056', '00081190'];

const turned = smallSax('101', { seriesNumber: 3 });
const study = turned[0]!.studyInstanceUid;
const another = smallSax('000', { seed: 'another', seriesNumber: 4 }).map((one) =>
  changed(one, { StudyInstanceUID: ['2.25.42'], StudyDescription: ['Heart, again'] }),
);

describe.skipIf(requireOrthanc() === undefined)('the answers of the node and of Orthanc', () => {
  let served: ServedStudy;
  let orthanc: Orthanc;

  beforeAll(async () => {
    [served, orthanc] = await Promise.all([servedStudy(), startOrthanc()]);
    served.classifier.tell(turned, '101');
    await served.receive([...turned, ...smallScout(), ...another]);
    // Orthanc gets all that the node retains, received and derived, as the node gives it.
    const uids = ((await (await served.get('/studies')).json()) as Json[]).map((one) => one['0020000D']!.Value![0]);
    for (const uid of uids) {
      for (const { body } of await partsOf(await served.get(`/studies/${uid}`))) {
        const stored = await orthanc.rest('/instances', { method: 'POST', body: new Uint8Array(body) });
        expect(stored.status).toBe(200);
      }
    }
  });
  afterAll(async () => {
    await Promise.all([served?.stop(), orthanc?.stop()]);
  });

  const json = async (base: string, path: string): Promise<readonly Json[]> => {
    const answer = await fetch(base + path, { headers: { Accept: 'application/dicom+json' } });
    if (answer.status === 204) return [];
    expect([path, answer.status]).toEqual([path, 200]);
    return (await answer.json()) as Json[];
  };
  const both = (path: string) => Promise.all([json(served.url, path), json(orthanc.dicomWebUrl, path)]);
  const uidOf = (one: Json) =>
    ['0020000D', '0020000E', '00080018'].map((tag) => String(one[tag]?.Value?.[0] ?? '')).join('/');
  const uids = (found: readonly Json[]) => found.map(uidOf).sort();

  test.each([
    '/studies',
    `/studies/${study}/series`,
    '/series',
    '/instances',
    `/studies/${study}/instances`,
    `/studies?PatientName=phantom*`,
    `/studies?PatientName=PHANTOM*&PatientID=*1*`,
    '/studies?PatientID=nobody',
    '/studies?StudyDescription=H*',
    '/studies?ModalitiesInStudy=MR',
    '/studies?ModalitiesInStudy=CT',
    '/studies?StudyDate=20000101-20991231',
    '/studies?StudyDate=-20000101',
    '/studies?StudyInstanceUID=2.25.42',
    '/series?SeriesNumber=1003',
    '/series?Modality=MR&SeriesDescription=*std*',
    '/instances?InstanceNumber=1',
    `/instances?SOPInstanceUID=${turned[1]!.sopInstanceUid}`,
    '/studies/1.2.3/series',
  ])('find the same by %s', async (path) => {
    const [ours, theirs] = await both(path);
    expect(uids(ours)).toEqual(uids(theirs));
  });

  test.each([
    ['/studies', ['0020000D', '00100010', '00100020', '00080020', '00201206', '00201208', '00080061']],
    [`/studies/${study}/series`, ['0020000E', '00080060', '00200011', '00201209']],
    [`/studies/${study}/instances`, ['00080018', '00080016', '00200013', '00280010', '00280011']],
  ])('say the same of what %s finds', async (path, tags) => {
    const [ours, theirs] = await both(path);
    for (const one of ours) {
      const other = theirs.find((each) => uidOf(each) === uidOf(one))!;
      for (const tag of tags) expect([tag, one[tag]]).toEqual([tag, other[tag]]);
    }
  });

  test('give the same metadata of every instance, element by element', async () => {
    const [ours, theirs] = await both(`/studies/${study}/metadata`);
    expect(uids(ours)).toEqual(uids(theirs));
    for (const one of ours) {
      const other = theirs.find((each) => uidOf(each) === uidOf(one))!;
      const tags = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
        (tag) => !OF_THE_SERVER.includes(tag),
      );
      for (const tag of tags) expect([tag, comparable(one[tag])]).toEqual([tag, comparable(other[tag])]);
    }
  });

  test('give the same bytes of instances and frames', async () => {
    const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
    const dataSets = async (base: string) => {
      const answer = await fetch(`${base}/studies/${study}`, { headers: { Accept: accept } });
      const files = (await partsOf(answer)).map(({ body }) => parsePart10(body));
      return new Map(files.map(({ sopInstanceUid, sha256 }) => [sopInstanceUid, sha256]));
    };
    expect(await dataSets(served.url)).toEqual(await dataSets(orthanc.dicomWebUrl));
    const one = turned[0] as Sent;
    const { seriesInstanceUid } = parsePart10(part10Of(one));
    const path = `/studies/${study}/series/${seriesInstanceUid}/instances/${one.sopInstanceUid}/frames/1`;
    const frame = async (base: string) =>
      (
        await partsOf(
          await fetch(base + path, { headers: { Accept: 'multipart/related; type="application/octet-stream"' } }),
        )
      )[0]!.body;
    expect((await frame(served.url)).equals(await frame(orthanc.dicomWebUrl))).toBe(true);
  });
});

/** Binary values are given inline or by address as each side likes; numbers in text may be either (PS3.18 F.2.2). */
function comparable(element: Json[string] | undefined): unknown {
  if (element === undefined) return undefined;
  const { vr, Value } = element;
  if (['OB', 'OW', 'OF', 'UN'].includes(vr)) return { vr };
  if (vr === 'SQ') {
    const items = (Value ?? []) as Json[];
    return items.map((item) => Object.fromEntries(Object.entries(item).map(([tag, one]) => [tag, comparable(one)])));
  }
  return { vr, Value: Value?.map((value) => (vr === 'DS' || vr === 'IS' ? Number(value) : value)) };
}
