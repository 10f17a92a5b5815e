import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { requireChromium, type Window } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { insertManySeries } from '../support/many-series.ts';
import { ReviewDesk } from '../support/review-desk.ts';
import type { NodeSite } from '../support/running-node.ts';

const MANY = 100_000;

async function withManySeries({ dataDir }: NodeSite): Promise<void> {
  const db = await openDatabase({ file: join(dataDir, 'node.sqlite') });
  await insertManySeries(db, { count: MANY, until: Date.now() });
  await db.close();
}

/** How long a page of the list takes is told by `npm run bench -- --only list`; here it has to be right and at hand. */
describe.skipIf(requireChromium() === undefined)('the list of a hundred thousand series', () => {
  let desk: ReviewDesk;
  let window: Window;

  beforeAll(async () => {
    desk = await ReviewDesk.open({}, withManySeries);
    window = await desk.window();
  }, 120_000);

  afterAll(() => desk?.close());

  const rowNumbers = (): Promise<number[]> =>
    window.page.evaluate(`[...document.querySelectorAll('tbody tr[aria-rowindex]')]
      .map((row) => Number(row.getAttribute('aria-rowindex')))`);

  it('keeps only the rows in view in the page, and goes on as one scrolls', async () => {
    const { page } = window;
    await page.goto('/series');
    await page.locator('tbody a').first().waitFor();
    expect(await page.locator('main').textContent()).toContain('or more series');
    for (let round = 0; round < 6; round++) {
      await page.locator('section.rows').evaluate((box) => box.scrollTo(0, 1e9));
      await page.waitForTimeout(150);
    }
    const numbers = await eventually(rowNumbers, (now) => Math.max(...now) > 200, { what: 'rows further down' });
    expect(numbers.length).toBeLessThan(120);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('narrows by what the address says, in the order that is asked for', async () => {
    const { page } = window;
    await page.goto('/series?kind=LGE&flag=contradiction&order=confidence&descending=false');
    await page.locator('tbody a').first().waitFor();
    const { items, total } = await desk.ask<{ items: { confidence: number }[]; total: number }>(
      '/series?kind=LGE&flag=contradiction&order=confidence&descending=false',
    );
    const confidences = items.map(({ confidence }) => confidence);
    expect(confidences).toEqual([...confidences].sort((one, other) => one - other));
    expect(await page.locator('main').textContent()).toContain(`${total.toLocaleString('en')} series`);
    for (const text of await page.locator('tbody tr[aria-rowindex]').allTextContents()) {
      expect(text).toContain('LGE');
      expect(text).toContain('contradiction');
    }
  });

  it('is chosen from by keyboard, many at once, and told what would happen before anything does', async () => {
    const { page } = window;
    await page.goto('/series?kind=cine');
    await page.locator('tbody a').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await eventually(
      () => page.locator('tbody input:checked').count(),
      (chosen) => chosen === 3,
      { what: 'three' },
    );
    await page.getByRole('button', { name: 'Approve' }).first().click();
    const preview = page.getByRole('dialog').getByLabel('What would happen');
    await preview.waitFor();
    expect(await preview.locator('tbody tr').count()).toBe(3);
    await page.keyboard.press('Escape');
  });

  it('a batch of half of them is paused, gone on with and cancelled', async () => {
    const { page } = window;
    await page.goto('/batches?new=true&kind=cine');
    await page.getByLabel('Reason').fill('what would be sent');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.waitForURL(/\/batches\/\d+/);
    const id = page.url().split('/').at(-1);
    const batch = () =>
      desk.ask<{ state: string; series: { all: number; done: number; failed: number } }>(`/batches/${id}`);
    await page.getByRole('button', { name: 'Pause' }).click();
    const paused = await eventually(batch, ({ state }) => state === 'paused', { what: 'a paused batch' });
    expect(paused.series.all).toBe(MANY / 2);
    await page.getByRole('button', { name: 'Go on' }).click();
    const looked = ({ series }: Awaited<ReturnType<typeof batch>>) => series.done + series.failed;
    await eventually(batch, (now) => looked(now) > looked(paused), { what: 'a batch that goes on' });
    await page.getByRole('button', { name: 'Cancel' }).click();
    const cancelled = await eventually(batch, ({ state }) => state === 'cancelled', { what: 'a cancelled batch' });
    expect(looked(cancelled)).toBeLessThan(MANY / 2);
  });

  it('asks nobody else and complains of nothing', () => {
    expect([...window.complaints, ...window.strangers, ...window.dialogs]).toEqual([]);
  });
});
