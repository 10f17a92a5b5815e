import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeriesDetail } from '../../src/api/series-detail.ts';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import { hasDcmtk } from '../dimse/dcmtk.ts';
import { accessibilityFaults, requireChromium, type Window } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { parsePart10, part10Of, type ReadFile } from '../support/part10-files.ts';
import { act, openSeries, ReviewDesk, tabTo } from '../support/review-desk.ts';

const turned = shortAxis('review turned', { sequence: 'cine', slices: 5, phases: 3, code: '110' });
const liar = { sequence: 'LGE', slices: 8 } as const;
const lying = shortAxis('review lying', { ...liar, code: '011', header: 'lying' });
/** The same person as the scanner truly saw them, in the standard picture. */
const truth = shortAxis('review lying', { ...liar, code: '000' });
const overruled = shortAxis('review overruled', { slices: 5, code: '101' });
const raced = shortAxis('review raced', { slices: 5, code: '010' });
const everything = [...turned, ...lying, ...overruled, ...raced];

describe.skipIf(!hasDcmtk || requireChromium() === undefined)('the review page on a running node', () => {
  let desk: ReviewDesk;
  let anna: Window;

  beforeAll(async () => {
    desk = await ReviewDesk.open();
    await desk.receive(everything);
    await eventually(
      () => desk.ask<{ items: { state: string; delivery: string }[] }>('/series'),
      ({ items }) => items.length === 4 && items.every(({ delivery }) => delivery === 'delivered'),
      { what: 'four series, delivered' },
    );
    anna = await desk.window();
  }, 120_000);

  afterAll(() => desk?.close());

  const detailOf = async (series: readonly PhantomInstance[]): Promise<SeriesDetail> =>
    desk.ask(`/series/${await desk.idOf(series)}`);

  /** The archive has all of what stands of a series, sample by sample where it belongs. */
  async function expectArchived(series: readonly PhantomInstance[], uid: string): Promise<readonly ReadFile[]> {
    const files = await eventually(
      () => desk.archivedSeries(uid),
      (there) => there.length === series.length,
      { what: `${series.length} instances of ${uid}` },
    );
    await eventually(
      () => detailOf(series),
      ({ sent }) => sent.some((one) => one.stands && one.seriesInstanceUid === uid && one.delivered === series.length),
      { what: 'the page to say what the archive holds' },
    );
    return files;
  }

  it('shows both pictures of a turned series, drawn, with the letters of their headers', async () => {
    const { page } = anna;
    await openSeries(page, await desk.idOf(turned));
    const { letters } = await detailOf(turned);
    const panes = page.locator('figure');
    for (const [i, given] of [letters.received, letters.leaving].entries()) {
      for (const [edge, letter] of Object.entries(given ?? {})) {
        expect(await panes.nth(i).locator(`.pane-letter-${edge}`).textContent()).toContain(letter);
      }
    }
    const drawn = await eventually(
      () => greys(page),
      (two) => two.every((levels) => levels > 20),
      {
        what: 'two pictures',
      },
    );
    expect(drawn).toHaveLength(2);
  });

  it('scrolls through slices and plays phases in both pictures together, by keyboard', async () => {
    const { page } = anna;
    const pictures = () => canvases(page);
    const first = await pictures();
    await page.keyboard.press('ArrowDown');
    const second = await eventually(pictures, (now) => now.every((one, i) => one !== first[i]), {
      what: 'a new slice',
    });
    await page.keyboard.press(' ');
    await eventually(pictures, (now) => now.every((one, i) => one !== second[i]), { what: 'a moving heart' });
    await page.keyboard.press(' ');
  });

  it('overrules by keyboard alone, puts back, and the archive holds what the page says', async () => {
    const { page } = anna;
    await openSeries(page, await desk.idOf(overruled));
    const before = (await detailOf(overruled)).result?.seriesInstanceUid ?? '';
    expect(before).not.toBe('');
    await page.keyboard.press('4');
    expect(await act(page, 'overrule', 'looks transposed to me')).toContain('yes');
    const result = await eventually(
      async () => (await detailOf(overruled)).result,
      (now) => now !== null && now.seriesInstanceUid !== before,
      { what: 'another result' },
    );
    expect(result).toMatchObject({ method: 'reorient', correction: '100' });
    const files = await expectArchived(overruled, result?.seriesInstanceUid ?? '');
    const sent = (await desk.archived()).filter(({ seriesInstanceUid }) => seriesInstanceUid === before);
    expect(sent).toHaveLength(overruled.length);
    const sources = overruled.map(asReceived);
    expect(judgeGeometry(sources, files)).toMatchObject({ lost: [], problems: [] });

    await openSeries(page, await desk.idOf(overruled));
    expect(await act(page, 'put-back', 'it was right as the scanner had it')).toContain('yes');
    const originals = await expectArchived(overruled, overruled[0]?.seriesInstanceUid ?? '');
    expect(judgeGeometry(sources, originals)).toMatchObject({ lost: [], problems: [], turned: 0 });
    const { history, sent: told } = await detailOf(overruled);
    expect(told.filter(({ stands }) => stands)).toMatchObject([{ what: 'received', delivered: overruled.length }]);
    expect(told.filter(({ stands }) => !stands).map(({ what }) => what)).toEqual(['result', 'result']);
    const reasons = history.map(({ reason }) => reason);
    expect(reasons).toContain('looks transposed to me');
    expect(reasons).toContain('it was right as the scanner had it');
    expect(await page.getByText('looks transposed to me').first().isVisible()).toBe(true);
  });

  it('trusts the image over a lying header once its letters are confirmed: the truth is in the archive', async () => {
    const { page } = anna;
    await openSeries(page, await desk.idOf(lying));
    expect(await act(page, 'trust-image', 'the phantom cannot stand on its head')).toContain('yes');
    const { result } = await eventually(
      () => detailOf(lying),
      ({ result: now }) => now !== null,
      { what: 'a result' },
    );
    expect(result).toMatchObject({ method: 'relabel', correction: '011' });
    const files = await expectArchived(lying, result?.seriesInstanceUid ?? '');
    const place = ({ elements }: ReadFile) =>
      ['x00200032', 'x00200037', 'x00280030'].flatMap((tag) => (elements.string(tag) ?? '').split('\\').map(Number));
    const number = ({ elements }: ReadFile) => Number(elements.string('x00200013'));
    const wanted = new Map(truth.map(asReceived).map((file) => [number(file), place(file)]));
    expect(files).toHaveLength(lying.length);
    for (const file of files) {
      const there = wanted.get(number(file)) as number[];
      expect(place(file)).toHaveLength(there.length);
      for (const [i, value] of place(file).entries()) expect(value).toBeCloseTo(there[i] as number, 3);
    }
  });

  it('lets one of two reviewers act on one series, and tells the other', async () => {
    const bert = await desk.window();
    const id = await desk.idOf(raced);
    for (const { page } of [anna, bert]) await openSeries(page, id);
    // Bert's dialog is open, and shows what would happen, when Anna acts.
    await bert.page.keyboard.press('b');
    await bert.page.getByRole('dialog').getByLabel('What would happen').waitFor();
    expect(await act(anna.page, 'approve', 'seen and right')).toContain('yes');
    await bert.page.getByRole('dialog').getByLabel('Reason').fill('the other way round');
    await bert.page.getByRole('dialog').locator('button.main').click();
    const outcome = bert.page.getByRole('dialog').getByLabel('What was done');
    await outcome.waitFor();
    expect(await outcome.textContent()).toMatch(/no[\s\S]*(somebody|since)/i);
    expect((await detailOf(raced)).review).toMatchObject({ act: 'approve' });
    expect((await desk.archivedSeries(raced[0]?.seriesInstanceUid ?? '')).length).toBe(0);
    expect([...bert.complaints, ...bert.strangers, ...bert.dialogs]).toEqual([]);
    await bert.context.close();
  });

  it('re-sends a batch after a dry run, and offers its results as a table', async () => {
    const { page } = anna;
    await page.goto('/batches?new=true&kind=cine');
    await page.getByLabel('Reason').fill('the archive lost a disk');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Begin' }).click();
    const { items } = await eventually(
      () =>
        desk.ask<{ items: { id: number; state: string; order: { dryRun: boolean }; instances: object }[] }>('/batches'),
      (now) => now.items.length === 2 && now.items.every(({ state }) => state === 'done'),
      { what: 'two batches, done' },
    );
    const [real, dry] = items;
    expect(dry).toMatchObject({ order: { dryRun: true }, instances: { queued: turned.length } });
    expect(real).toMatchObject({ order: { dryRun: false }, instances: { queued: turned.length, gone: 0 } });
    await eventually(
      () => desk.ask<{ instances: { delivered: number } }>(`/batches/${real?.id}`),
      ({ instances }) => instances.delivered === turned.length,
      { what: 'all of the batch in the archive' },
    );
    const table = await anna.context.request.get(`/api/v1/batches/${real?.id}/results.csv`);
    expect(table.status()).toBe(200);
    expect(await table.text()).toContain(turned[0]?.seriesInstanceUid);
  });

  it('tells everything that was done in the audit trail', async () => {
    const { page } = anna;
    await page.goto('/audit');
    const trail = page.locator('main');
    for (const word of ['series-reviewed', 'batch-created', 'sign-in', 'series-viewed']) {
      await trail.getByText(word).first().waitFor();
    }
    expect((await desk.site.command('audit', 'verify')).code).toBe(0);
  });

  it('is usable with what helps people to use it: WCAG 2.1 A and AA, in every view', async () => {
    const { page } = anna;
    const id = await desk.idOf(turned);
    const faults: string[] = [];
    for (const path of ['/', '/series', `/series/${id}`, '/batches', '/batches?new=true', '/delivery', '/audit']) {
      await page.goto(path);
      await page.locator('main h1').first().waitFor();
      // Answers that come after the heading are part of the view.
      await page.waitForTimeout(700);
      faults.push(...(await accessibilityFaults(page)).map((fault) => `${path}: ${fault}`));
    }
    expect(faults).toEqual([]);
  });

  it('is led by keyboard from the list into a series and back', async () => {
    const { page } = anna;
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await typedUntil(page, 'gs', /\/series$/);
    await page.locator('section.rows tbody a').first().waitFor();
    await typedUntil(page, 'j\n', /\/series\/\d+/);
    await page.getByRole('heading', { name: 'What you may do' }).waitFor();
    await typedUntil(page, 'gd', /\/delivery/);
    await tabTo(page, 'main button, main a, main select');
  });

  it('asked nobody but the node, broke no rule of its policy, and opened no dialog of a script', () => {
    expect(anna.strangers).toEqual([]);
    expect(anna.complaints).toEqual([]);
    expect(anna.dialogs).toEqual([]);
  });
});

const asReceived = (instance: PhantomInstance): ReadFile => parsePart10(part10Of(instance), 'received');

/** A view takes keys a moment after it is seen: who has pressed too early presses again. */
async function typedUntil(page: Window['page'], keys: string, address: RegExp): Promise<void> {
  const pressed = async (): Promise<string> => {
    for (const key of keys) await page.keyboard.press(key === '\n' ? 'Enter' : key);
    await page.waitForTimeout(300);
    return page.url();
  };
  await eventually(pressed, (url) => address.test(url), { what: String(address) });
}

/** How many levels of grey each picture has. */
function greys(page: Window['page']): Promise<number[]> {
  return page.evaluate(`[...document.querySelectorAll('figure canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(data.filter((_, i) => i % 4 === 0)).size;
  })`);
}

function canvases(page: Window['page']): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('figure canvas')].map((canvas) => canvas.toDataURL())`);
}
