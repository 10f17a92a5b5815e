import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeriesDetail } from '../../src/api/series-detail.ts';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import { hasDcmtk, type Storescp, startStorescpAt } from '../dimse/dcmtk.ts';
import { requireChromium, type Window } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { readPart10 } from '../support/part10-files.ts';
import { act, openSeries, ReviewDesk } from '../support/review-desk.ts';

const turned = shortAxis('further turned', { slices: 5, code: '011' });
const lying = { sequence: 'LGE', slices: 8, code: '011', header: 'lying' } as const;
const left = shortAxis('further left', lying);
const trusted = shortAxis('further trusted', lying);

/** A site that holds contradictions back for a person, and whose archive is down at first. */
describe.skipIf(!hasDcmtk || requireChromium() === undefined)('held series, and an archive that was down', () => {
  let desk: ReviewDesk;
  let anna: Window;
  let port: number;
  let archive: Storescp | undefined;

  beforeAll(async () => {
    port = await freePort();
    const pacs = { type: 'dimse', host: '127.0.0.1', port, calledAeTitle: 'ARCHIVE', default: true };
    desk = await ReviewDesk.open({
      destinations: [{ ...pacs, name: 'pacs' }],
      decision: { onContradiction: 'hold-for-review' },
      // So long that only a person's word makes it try again.
      delivery: { retrySeconds: 3600, maxRetrySeconds: 3600 },
    });
    for (const series of [turned, left, trusted]) await desk.send(series);
    await eventually(
      () => desk.ask<{ items: { state: string }[] }>('/series'),
      ({ items }) => items.length === 3 && items.every(({ state }) => state === 'decided'),
      { what: 'three decided series' },
    );
    anna = await desk.window();
  }, 120_000);

  afterAll(async () => {
    await archive?.stop();
    await desk?.close();
  });

  const folder = () => join(desk.site.folder, 'pacs');
  const detailOf = async (series: readonly PhantomInstance[]): Promise<SeriesDetail> =>
    desk.ask(`/series/${await desk.idOf(series)}`);
  const uidsOf = (series: readonly PhantomInstance[]) => series.map(({ sopInstanceUid }) => sopInstanceUid).sort();

  /** How often the archive was given each instance. */
  async function given(): Promise<readonly string[]> {
    return (await readPart10(folder())).map(({ sopInstanceUid }) => sopInstanceUid).sort();
  }

  it('why nothing arrives is told in plain words, and all of it is tried again on a word', async () => {
    const { page } = anna;
    await page.goto('/delivery');
    const panel = page.getByLabel('Destination pacs');
    await panel.getByText('Why it fails').waitFor();
    expect(await panel.textContent()).toMatch(/127\.0\.0\.1.*(refused|reach|listens)/i);
    archive = await startStorescpAt(port, folder());
    await panel.getByRole('button', { name: /Try all 5 again/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('the archive is up again');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByText('5 instances queued').waitFor();
    await page.keyboard.press('Escape');
    await eventually(given, (uids) => uids.length === turned.length, { what: 'the turned series' });
    await panel.getByText('works').waitFor();
  });

  it('a held series leaves as it was received when a person says so', async () => {
    await openSeries(anna.page, await desk.idOf(left));
    expect((await detailOf(left)).decision).toBe('hold-for-review');
    const before = await given();
    expect(await act(anna.page, 'leave-as-received', 'nobody can tell')).toContain('yes');
    const after = await eventually(given, ({ length }) => length === before.length + left.length, {
      what: 'originals',
    });
    expect(after.filter((uid) => !before.includes(uid))).toEqual(uidsOf(left));
    expect(await detailOf(left)).toMatchObject({ decision: 'pass-through', review: { act: 'leave-as-received' } });
  });

  it('a header that is trusted decides: what it calls standard leaves as it was received', async () => {
    await openSeries(anna.page, await desk.idOf(trusted));
    const before = await given();
    expect(await act(anna.page, 'trust-header', 'the technician turned the patient')).toContain('yes');
    const after = await eventually(given, ({ length }) => length === before.length + trusted.length, { what: 'it' });
    expect(after.filter((uid) => !before.includes(uid))).toEqual(uidsOf(trusted));
    expect(await detailOf(trusted)).toMatchObject({ decision: 'pass-through', observedCode: '000' });
  });

  it('a series is sent again: the same UIDs, the same bytes', async () => {
    await openSeries(anna.page, await desk.idOf(turned));
    const uid = (await detailOf(turned)).result?.seriesInstanceUid;
    const results = async () => (await readPart10(folder())).filter((file) => file.seriesInstanceUid === uid);
    expect(await results()).toHaveLength(turned.length);
    expect(await act(anna.page, 'resend', 'the disk of the archive was lost')).toContain('yes');
    const twice = await eventually(results, ({ length }) => length === 2 * turned.length, { what: 'everything twice' });
    expect(new Set(twice.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(turned.length);
    expect(new Set(twice.map(({ sha256 }) => sha256)).size).toBe(turned.length);
    expect([...anna.complaints, ...anna.strangers, ...anna.dialogs]).toEqual([]);
  });
});
