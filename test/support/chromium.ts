import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { requireTool } from './tools.ts';

/** Undefined, with a notice, where Chromium is not installed; throws there in CI. */
export function requireChromium(): string | undefined {
  return requireTool('chromium');
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Chromium itself must ask nobody for anything: only what the page asks for counts. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** One person's window: what it showed, asked for, and complained about. */
export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, and what the content security policy refused. */
  readonly complaints: string[];
  /** Requests to any other origin than the node's. */
  readonly strangers: string[];
  /** Dialogs that a script opened: no script of this product does. */
  readonly dialogs: string[];
}

export async function startBrowser(): Promise<Browser> {
  const executablePath = requireChromium();
  if (executablePath === undefined) throw new Error('Chromium is not installed');
  return chromium.launch({ executablePath, args: QUIET });
}

/** A window of its own, with cookies of its own. Addresses are relative to the node's. */
export async function openWindow(browser: Browser, baseURL: string): Promise<Window> {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const window: Window = { page, context, complaints: [], strangers: [], dialogs: [] };
  page.on('pageerror', (error) => window.complaints.push(`${error.name}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') window.complaints.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.origin !== new URL(baseURL).origin) {
      window.strangers.push(url.href);
    }
  });
  page.on('dialog', (dialog) => {
    window.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return window;
}

/** What of the page does not meet WCAG 2.1 A and AA, as axe-core finds it: rule and element. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // By the debugger, as the policy of the page lets no script in.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } }).axe;
    interface Violation {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
