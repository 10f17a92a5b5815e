/**
 * Takes the pictures of the page that the README shows, from a node with the demo's study:
 *   npm run pictures
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openWindow, startBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { launchProgram } from '../support/running-node.ts';

const FOLDER = fileURLToPath(new URL('pictures/', import.meta.url));
const DEMO_MILLISECONDS = 180_000;

const dataDir = await mkdtemp(join(tmpdir(), 'cmr-pictures-'));
const ports = ['DIMSE', 'HTTP', 'EMBEDDED_ARCHIVE'].map((name) => [`CMR_NODE_${name}_PORT`, '0']);
const node = launchProgram(['serve', '--demo'], { env: { ...Object.fromEntries(ports), CMR_NODE_DATA_DIR: dataDir } });
const browser = await startBrowser();
try {
  const said = await eventually(node.stdout, (text) => text.includes('Ctrl-C'), {
    what: 'the demo',
    milliseconds: DEMO_MILLISECONDS,
  });
  const address = /^Page +(\S+)/m.exec(said)?.[1] ?? '';
  const { page } = await openWindow(browser, address);
  await mkdir(FOLDER, { recursive: true });
  const picture = (name: string) => page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await page.goto('/');
  await page.getByLabel('Token').fill(/^Token +(\S+)/m.exec(said)?.[1] ?? '');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.waitForTimeout(1000);
  await picture('overview');
  await page.goto('/series');
  await page.locator('tbody a').first().waitFor();
  await picture('series-list');
  for (const [description, name] of [
    ['cine_sax', 'turned-series'],
    ['LGE_sax', undefined],
  ] as const) {
    await page.goto('/series');
    await page.getByRole('link', { name: description }).click();
    await page.locator('figure canvas').first().waitFor();
    await page.waitForTimeout(2000);
    if (name !== undefined) await picture(name);
  }
  await page.keyboard.press('i');
  await page.getByRole('dialog').getByLabel('What would happen').waitFor();
  await picture('trust-the-image');
} finally {
  await browser.close();
  node.signal('SIGTERM');
  await node.exited;
  await rm(dataDir, { recursive: true, force: true });
}
