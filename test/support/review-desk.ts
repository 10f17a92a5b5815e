import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ReviewAct } from '../../src/core/review/review-acts.ts';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import { dcmtk } from '../dimse/dcmtk.ts';
import { openWindow, startBrowser, type Window } from './chromium.ts';
import { eventually } from './eventually.ts';
import { type ReadFile, readPart10, type Sendable, writePart10 } from './part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode, type SiteConfig } from './running-node.ts';

/** A running node with its own archive, and persons who look at it in a browser. */
export class ReviewDesk {
  readonly site: NodeSite;
  readonly browser: Browser;
  node: RunningNode;
  readonly windows: Window[] = [];
  #sent = 0;

  private constructor(site: NodeSite, browser: Browser, node: RunningNode) {
    this.site = site;
    this.browser = browser;
    this.node = node;
  }

  /** `prepare` finds the place before the node has ever run there. */
  static async open(
    config: SiteConfig = {},
    prepare: (site: NodeSite) => Promise<void> = async () => undefined,
  ): Promise<ReviewDesk> {
    const site = await nodeSite(config);
    await prepare(site);
    return new ReviewDesk(site, await startBrowser(), await site.start());
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.site.remove();
  }

  /** Sends as a scanner does, and waits until its archive has as many instances more. */
  async receive(instances: readonly Sendable[]): Promise<void> {
    const before = (await this.archived()).length;
    await this.send(instances);
    await eventually(
      () => this.archived(),
      (files) => files.length >= before + instances.length,
      { what: 'everything in the archive' },
    );
  }

  async send(instances: readonly Sendable[]): Promise<void> {
    const folder = join(this.site.folder, 'sent', String(this.#sent++));
    await writePart10(instances, folder);
    const peer = ['127.0.0.1', String(this.node.dimsePort)];
    const sent = await dcmtk('storescu', '-aet', 'MR1', '-aec', 'CMR_NODE', '+sd', ...peer, folder);
    expect(sent).toMatchObject({ code: 0 });
  }

  archived(): Promise<readonly ReadFile[]> {
    return readPart10(join(this.site.dataDir, 'archive'));
  }

  /** What the archive holds of a series now, by its UID. */
  async archivedSeries(uid: string): Promise<readonly ReadFile[]> {
    return (await this.archived()).filter(({ seriesInstanceUid }) => seriesInstanceUid === uid);
  }

  /** A person's window, signed in with a token. */
  async window(token = this.node.token): Promise<Window> {
    const window = await openWindow(this.browser, this.node.httpUrl);
    this.windows.push(window);
    await window.page.goto('/');
    await window.page.getByLabel('Token').fill(token);
    await window.page.keyboard.press('Enter');
    await window.page.getByRole('heading', { name: 'Overview' }).waitFor();
    return window;
  }

  /** Answers of the interface, as the page gets them. */
  async ask<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(`${this.node.httpUrl}/api/v1${path}`, {
      headers: { Authorization: `Bearer ${this.node.token}` },
    });
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as Answer;
  }

  async idOf([first]: readonly PhantomInstance[]): Promise<number> {
    const { items } = await this.ask<{ items: { id: number }[] }>(`/series?series=${first?.seriesInstanceUid}`);
    expect(items).toHaveLength(1);
    return (items[0] as { id: number }).id;
  }
}

/** Opens the series and waits until both pictures are drawn. */
export async function openSeries(page: Page, id: number): Promise<void> {
  await page.goto(`/series/${id}`);
  await page.getByRole('heading', { name: 'What you may do' }).waitFor();
  await page.locator('figure canvas').first().waitFor();
}

const KEY_OF: Readonly<Record<ReviewAct, string>> = {
  approve: 'y',
  overrule: 'o',
  'leave-as-received': 'l',
  'trust-header': 'h',
  'trust-image': 'i',
  'put-back': 'b',
  resend: 's',
};

/** A person's act on the open series, by keyboard alone; resolves with what the page says became of it. */
export async function act(page: Page, name: ReviewAct, because: string): Promise<string> {
  await page.keyboard.press(KEY_OF[name]);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What would happen').waitFor();
  // The dialog opens with the focus on the reason.
  if (name === 'trust-image') {
    await confirmLetters(page);
    await dialog.getByLabel('Reason').focus();
  }
  await page.keyboard.type(because);
  await page.keyboard.press('Tab');
  await tabTo(page, 'button.main');
  await page.keyboard.press('Enter');
  const outcome = dialog.getByLabel('What was done');
  await outcome.waitFor();
  const text = (await outcome.textContent()) ?? '';
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  return text;
}

/** Goes on with Tab until the focus is where it is wanted. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} is not reached by keyboard`);
}

/** Types the letters that the preview names under "after". */
async function confirmLetters(page: Page): Promise<void> {
  const after = page.getByRole('dialog').locator('tbody td:nth-child(4)');
  for (const edge of ['top', 'right', 'bottom', 'left']) {
    const letters = await after.locator(`.letter-${edge}`).first().textContent();
    await page
      .getByRole('dialog')
      .getByLabel(`Letters at the ${edge}`)
      .fill(letters?.trim() ?? '');
  }
}
