import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seriesDetail as schema } from '../../../src/api/series-detail.ts';
import { CatalogueKeeper } from '../../../src/app/catalogue-keeper.ts';
import { retryDeliveries } from '../../../src/app/retry-deliveries.ts';
import { recordRead } from '../../../src/app/views/record-read.ts';
import { seriesDetail } from '../../../src/app/views/series-detail.ts';
import { readImagePlane } from '../../../src/core/attributes/read-plane.ts';
import { edgeLetters } from '../../../src/core/geometry/edge-letters.ts';
import { DataSet } from '../../../src/part10/data-set.ts';
import { encodingOf } from '../../../src/part10/transfer-syntax.ts';
import { appendAudit } from '../../../src/store/audit.ts';
import { insertDecision, latestDecision } from '../../../src/store/decisions.ts';
import { insertReview } from '../../../src/store/reviews.ts';
import { ActingReviewer } from '../../support/acting.ts';
import { changed, dataSetOf } from '../../support/running-app.ts';
import { smallSax, smallScout } from '../../support/small-study.ts';
import { type ViewedApp, viewedApp } from '../../support/viewed-app.ts';

let viewed: ViewedApp;
beforeEach(async () => {
  viewed = await viewedApp();
});
afterEach(() => viewed.stop());

async function detailOf(seriesInstanceUid: string) {
  const detail = await seriesDetail(await viewed.seriesId(seriesInstanceUid), viewed.app.context);
  return schema.parse(detail);
}

function lettersOf(dataSet: Uint8Array) {
  const plane = readImagePlane(DataSet.read(dataSet, encodingOf('1.2.840.10008.1.2.1')!));
  if ('fault' in plane) throw new Error(plane.fault);
  return edgeLetters(plane);
}

describe('the detail of a series', () => {
  test('that was turned tells what was seen of each slice, what came of it, and where it went', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    const catalogue = new CatalogueKeeper(viewed.app.context);
    await catalogue.upToDate(5000);
    await catalogue.close();
    const uid = series[0]!.seriesInstanceUid;
    const detail = await detailOf(uid);
    expect(detail).toMatchObject({
      seriesInstanceUid: uid,
      state: 'decided',
      decision: 'standardize',
      observedCode: '110',
      correction: '101',
      instances: 4,
      delivery: 'delivered',
      decisionOnRecord: {
        decision: 'standardize',
        method: 'reorient',
        by: null,
        header: { code: '110' },
        picture: { code: '110', positions: 4, correlation: 3 },
        settled: null,
      },
      result: { method: 'reorient', correction: '101', instances: 4 },
    });
    expect(detail.uidPairs.map(({ received }) => received).sort()).toEqual(
      series.map((one) => one.sopInstanceUid).sort(),
    );
    expect(new Set(detail.uidPairs.map(({ derived }) => derived))).toEqual(new Set(viewed.archive.holdings.keys()));
    expect(detail.slices).toHaveLength(4);
    expect(detail.slices[0]!.positionMm).toBe(0);
    expect(detail.slices.every(({ probabilities }) => probabilities[6]! > 0.99)).toBe(true);
    expect(new Set(detail.slices.map(({ instanceNumber }) => instanceNumber))).toEqual(new Set([1, 2, 3, 4]));
    expect(detail.sent).toEqual([
      expect.objectContaining({
        destination: 'archive',
        what: 'result',
        seriesInstanceUid: detail.result!.seriesInstanceUid,
        decisionId: detail.decisionOnRecord!.id,
        stands: true,
        instances: 4,
        delivered: 4,
        confirmed: 4,
        waiting: 0,
        dead: 0,
        reason: null,
      }),
    ]);
  });

  test('has the letters of its edges as they are in what came in and in what left', async () => {
    const series = smallSax('011');
    await viewed.receive(series, '011');
    const { letters } = await detailOf(series[0]!.seriesInstanceUid);
    expect(letters.received).toEqual(lettersOf(series[0]!.dataSet));
    expect(letters.leaving).toEqual(lettersOf(viewed.archive.received[0]!.dataSet));
    expect(letters.leaving!.top).toBe(letters.received!.bottom);
    const left = smallSax('000', { study: 'left' });
    await viewed.receive(left, '000');
    const alone = await detailOf(left[0]!.seriesInstanceUid);
    expect(alone.letters.leaving).toEqual(alone.letters.received);
    expect(alone).toMatchObject({ result: null, uidPairs: [] });
  });

  test('whose header a person put right has the letters of the header as received, and of its result', async () => {
    const matrix = { rows: 20, columns: 20, rowSpacingMm: 14, columnSpacingMm: 14 };
    const series = smallSax('101', { header: 'lying', matrix });
    await viewed.receive(series, '101');
    const uid = series[0]!.seriesInstanceUid;
    const before = await detailOf(uid);
    expect(before.acts.find(({ act }) => act === 'trust-image')).toMatchObject({ possible: true });
    expect(before.letters).toEqual({ received: lettersOf(series[0]!.dataSet), leaving: before.letters.received });
    const reviewer = new ActingReviewer(viewed.app, ['archive']);
    const confirmedLetters = (await reviewer.previews({ act: 'trust-image' })).after!.letters!;
    await reviewer.does({ act: 'trust-image', confirmedLetters });
    const after = await detailOf(uid);
    expect(after.result).toMatchObject({ method: 'relabel', correction: '110' });
    expect(after.letters.received).toEqual(before.letters.received);
    expect(after.letters.leaving).toEqual(lettersOf(viewed.archive.received.at(-1)!.dataSet));
    expect(after.letters.leaving).toEqual(confirmedLetters);
  });

  test('names the other series of its study, those decided with it, and those of another patient frame', async () => {
    const one = smallSax('110');
    const scout = smallScout();
    const lge = smallSax('110', { sequence: 'LGE' });
    const frameless = lge.map((sent) => changed(sent, { FrameOfReferenceUID: ['1.2.3'] }));
    for (const sent of [one, frameless]) viewed.classifier.tell(sent, '110');
    await viewed.receive([...one, ...scout, ...frameless]);
    const { study, frameOfReferenceUid } = await detailOf(one[0]!.seriesInstanceUid);
    expect(frameOfReferenceUid).toBe(dataSetOf(one[0]!).strings(0x00200052)![0]);
    const byUid = new Map(study.map((other) => [other.seriesInstanceUid, other]));
    expect(byUid.get(scout[0]!.seriesInstanceUid)).toMatchObject({ sameStack: false, samePatientFrame: true });
    expect(byUid.get(lge[0]!.seriesInstanceUid)).toMatchObject({ sameStack: false, samePatientFrame: false });
  });

  test('tells its history in order and in sentences, with who did what and why', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    const uid = series[0]!.seriesInstanceUid;
    const id = await viewed.seriesId(uid);
    await viewed.receive(series);
    const { db, now } = viewed.app.context;
    const first = (await latestDecision(db, id))!;
    await db.transaction(async (tx) => {
      const at = now();
      const review = { seriesId: id, at, act: 'approve', by: 'ann', because: 'looks right', code: null } as const;
      await insertReview(tx, { ...review, lookedAt: first.id, decisionId: first.id });
      const subject = { studyInstanceUid: series[0]!.studyInstanceUid, seriesInstanceUid: uid };
      const detail = { act: 'approve', because: 'looks right', decisionId: first.id };
      await appendAudit(tx, [{ at, event: 'series-reviewed', actor: 'ann', subject, detail }]);
    });
    await recordRead(
      { asker: { name: 'bob' }, event: 'series-viewed', study: series[0]!.studyInstanceUid, series: uid },
      viewed.app.context,
    );
    const { history } = await detailOf(uid);
    expect(history.map(({ actor, event, sentence, reason }) => [actor, event, sentence, reason])).toEqual([
      ['node', 'series-decided', first.reason, null],
      [
        'SCANNER',
        'instance-delivered-again',
        '4 instances arrived again as before: what became of it was sent again.',
        null,
      ],
      ['ann', 'series-reviewed', 'Approved the decision.', 'looks right'],
      ['bob', 'series-viewed', 'Looked at the series.', null],
    ]);
    expect(history.every(({ seq }) => seq !== null)).toBe(true);
    expect(history[0]!.decisionId).toBe(first.id);
  });

  test('shows what a decision was based on where it was kept, and none where it was kept otherwise', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    const uid = series[0]!.seriesInstanceUid;
    const id = await viewed.seriesId(uid);
    const { id: standing, ...row } = (await latestDecision(viewed.app.db, id))!;
    const picture = { probabilities: [0, 0, 0, 0, 0, 0, 1, 0], code: '110', positions: 4, correlation: 3 };
    const decide = (evidence: object) =>
      viewed.app.db.transaction(async (tx) => {
        const decisionId = await insertDecision(tx, { ...row, evidence, supersedes: standing });
        await tx.run('update series set decision_id = ? where id = ?', [decisionId, id]);
      });
    await decide({ picture, settled: null });
    expect((await detailOf(uid)).decisionOnRecord).toMatchObject({ picture, settled: null });
    await decide({ picture: { code: 'other' } });
    expect((await detailOf(uid)).decisionOnRecord).toMatchObject({ picture: null, settled: null });
  });

  test('that was put back tells that its result no longer stands, and who did it', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    const uid = series[0]!.seriesInstanceUid;
    const before = await detailOf(uid);
    const { context } = viewed.app;
    const because = 'the patient has situs inversus';
    const reviewer = new ActingReviewer(viewed.app, ['archive', 'other'], { name: 'ann' });
    expect(await reviewer.does({ act: 'put-back', because })).toMatchObject({ done: true });
    const derived = before.result!.seriesInstanceUid;
    const { studyInstanceUid: study } = before;
    await recordRead({ asker: { name: 'bob' }, event: 'instances-retrieved', study, series: derived }, context);
    const after = await detailOf(uid);
    expect(after).toMatchObject({ result: null, uidPairs: [], decision: 'pass-through' });
    expect(after.decisionOnRecord).toMatchObject({ by: 'ann', supersedes: before.decisionOnRecord!.id });
    expect(after.letters.leaving).toEqual(after.letters.received);
    expect(after.slices).toEqual(before.slices);
    expect(after.sent.map(({ what, stands, delivered }) => [what, stands, delivered])).toEqual([
      ['result', false, 4],
      ['received', true, 4],
    ]);
    expect(after.history.map(({ actor, event }) => [actor, event])).toEqual([
      ['node', 'series-decided'],
      ['ann', 'series-reviewed'],
      ['bob', 'instances-retrieved'],
    ]);
    expect(after.history[1]).toMatchObject({ reason: because, decisionId: after.decisionOnRecord!.id });
    const ids = (await viewed.app.db.all<{ id: number }>('select id from deliveries')).map(({ id }) => id);
    const use = { context, destinations: [{ name: 'archive', tryAtOnce() {} }] };
    const admin = { name: 'ann', role: 'administrator' } as const;
    expect(await retryDeliveries({ ids, because: 'try' }, admin, use)).toEqual({ queued: 0 });
  });

  test('that is turned again as before tells its result as standing, not as superseded under the same UIDs', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    const uid = series[0]!.seriesInstanceUid;
    const first = (await detailOf(uid)).result!.seriesInstanceUid;
    const reviewer = new ActingReviewer(viewed.app, ['archive'], { name: 'ann' });
    for (const act of [{ act: 'put-back' }, { act: 'overrule', code: '110' }] as const) {
      expect(await reviewer.does({ ...act, because: 'on second thoughts' })).toMatchObject({ done: true });
    }
    const { sent } = await detailOf(uid);
    expect(sent.map(({ what, stands, seriesInstanceUid }) => [what, stands, seriesInstanceUid])).toEqual([
      ['received', false, uid],
      ['result', true, first],
    ]);
  });

  test('of a series that does not exist is an error', async () => {
    await expect(seriesDetail(999, viewed.app.context)).rejects.toMatchObject({ code: 'not-found' });
  });
});
