import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasDcmtk } from '../dimse/dcmtk.ts';
import { requireChromium, type Window } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { edited, shortAxis } from '../support/made-up-series.ts';
import { act, openSeries, ReviewDesk } from '../support/review-desk.ts';

/** Strings that a page which took text for markup would run, by how long a value of the VR may be (PS3.5 6.2). */
const SHORT = '<img src=x>';
const LONG = '"\'><img src=x onerror=alert(1)><script>alert(2)</script>';
const TEXT: Readonly<Record<string, string>> = {
  '00080050': 'SH',
  '00080080': 'LO',
  '00080090': 'PN',
  '00081010': 'SH',
  '00081030': 'LO',
  '0008103e': 'LO',
  '00081040': 'LO',
  '00081090': 'LO',
  '00080070': 'LO',
  '00100010': 'PN',
  '00100020': 'LO',
  '00104000': 'LT',
  '00180024': 'SH',
  '00181030': 'LO',
  '00200010': 'SH',
  '00204000': 'LT',
};
const payloads = Object.fromEntries(
  Object.entries(TEXT).map(([tag, vr]) => [tag, { vr, value: vr === 'SH' ? SHORT : LONG.slice(0, 64) }]),
);
const hostile = shortAxis('hostile', { sequence: 'cine', slices: 4, code: '011' }).map((one) => edited(one, payloads));

describe.skipIf(!hasDcmtk || requireChromium() === undefined)('text of unknown origin on the review page', () => {
  let desk: ReviewDesk;
  let window: Window;

  beforeAll(async () => {
    desk = await ReviewDesk.open();
    await desk.receive(hostile);
    window = await desk.window();
    await eventually(
      () => desk.ask<{ items: { patient: { name: string } }[] }>('/series'),
      ({ items }) => items[0]?.patient.name.includes('<img') === true,
      { what: 'a name that looks like markup' },
    );
  }, 60_000);

  afterAll(() => desk?.close());

  it('is shown as text in every view, also in what persons wrote, and runs nowhere', async () => {
    const { page } = window;
    const id = await desk.idOf(hostile);
    await openSeries(page, id);
    expect(await act(page, 'approve', LONG)).toContain('yes');
    const shown: string[] = [];
    for (const path of ['/', '/series', `/series/${id}`, '/batches?new=true', '/delivery', '/audit']) {
      await page.goto(path);
      await page.locator('main h1').first().waitFor();
      await page.waitForTimeout(500);
      shown.push((await page.locator('main').textContent()) ?? '');
      expect(await page.locator('img[src="x"], main script').count(), path).toBe(0);
    }
    expect(shown[1]).toContain('<img src=x onerror=alert(1)>');
    expect(shown[2]).toContain('<script>alert(2)</script>');
    expect(window.dialogs).toEqual([]);
    expect(window.complaints).toEqual([]);
    expect(window.strangers).toEqual([]);
  });

  it('is data in the answers of the interface, and no type that a browser would run', async () => {
    const answer = await window.context.request.get('/api/v1/series');
    expect(answer.headers()).toMatchObject({
      'content-type': expect.stringContaining('application/json'),
      'x-content-type-options': 'nosniff',
    });
  });
});
