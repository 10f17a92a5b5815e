import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attributeChanges as schema } from '../../../src/api/series-detail.ts';
import { attributeChanges } from '../../../src/app/views/attribute-changes.ts';
import { instancesOfSeries } from '../../../src/store/instances.ts';
import { appSettings, dataSetOf } from '../../support/running-app.ts';
import { smallSax } from '../../support/small-study.ts';
import { type ViewedApp, viewedApp } from '../../support/viewed-app.ts';

let viewed: ViewedApp;
afterEach(() => viewed.stop());

async function changesOf(seriesInstanceUid: string) {
  const seriesId = await viewed.seriesId(seriesInstanceUid);
  const [instance] = await instancesOfSeries(viewed.app.db, seriesId);
  const shown = schema.parse(await attributeChanges({ seriesId, instanceId: instance!.id }, viewed.app.context));
  return { ...shown, changes: new Map(shown.changes.map((one) => [one.keyword, one])) };
}

describe('the attributes of an instance that was turned', () => {
  beforeEach(async () => {
    viewed = await viewedApp();
  });

  test('are shown old and new: geometry, identity and what says how it came about; nothing of the patient', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    const { sopInstanceUid, changes } = await changesOf(series[0]!.seriesInstanceUid);
    const source = dataSetOf(series[0]!);
    expect(viewed.archive.holdings.has(sopInstanceUid!)).toBe(true);
    expect(changes.get('SOPInstanceUID')).toEqual({
      tag: '0008,0018',
      keyword: 'SOPInstanceUID',
      before: series[0]!.sopInstanceUid,
      after: sopInstanceUid,
    });
    expect(changes.get('Rows')).toMatchObject({ before: '24', after: '20' });
    expect(changes.get('ImageOrientationPatient')!.before).toBe(source.strings(0x00200037)!.join('\\'));
    expect(changes.get('PixelData')).toMatchObject({ after: 'rearranged' });
    expect(changes.get('SourceImageSequence')).toMatchObject({ before: null, after: expect.stringMatching(/^1 item/) });
    expect(changes.get('OriginalAttributesSequence')!.after).toMatch(/ReasonForTheAttributeModification CORRECT/);
    expect(
      [...changes.keys()].filter((keyword) => keyword.startsWith('Patient') && keyword !== 'PatientOrientation'),
    ).toEqual([]);
  });

  test('are none where it was left alone, and an error where it is not of the series', async () => {
    const left = smallSax('000');
    await viewed.receive(left, '000');
    const shown = await changesOf(left[0]!.seriesInstanceUid);
    expect([shown.sopInstanceUid, shown.changes.size]).toEqual([null, 0]);
    const wrong = attributeChanges({ seriesId: 1, instanceId: 99 }, viewed.app.context);
    await expect(wrong).rejects.toMatchObject({ code: 'not-found' });
  });
});

test('the attributes of an instance that would have been turned are none', async () => {
  const { routeDefaults } = appSettings([]);
  const route = { ...routeDefaults, destinations: ['archive'], mode: 'observe' } as const;
  viewed = await viewedApp({ settings: { routeDefaults: route } });
  const series = smallSax('110');
  await viewed.receive(series, '110');
  const shown = await changesOf(series[0]!.seriesInstanceUid);
  expect([shown.sopInstanceUid, shown.changes.size]).toEqual([null, 0]);
});
