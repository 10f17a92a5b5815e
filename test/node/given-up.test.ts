import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dcmtk, hasDcmtk } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { writePart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite } from '../support/running-node.ts';

describe.skipIf(!hasDcmtk)('what an archive cannot bear', () => {
  let site: NodeSite;
  let archive: Server;
  let bears = false;

  beforeEach(async () => {
    archive = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(bears ? 200 : 400).end());
    });
    await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
    site = await nodeSite();
  });
  afterEach(async () => {
    archive.closeAllConnections();
    archive.close();
    await site.remove();
  });

  it('is given up with an alert, told by health and metrics, and arrives when a person sends it again', async () => {
    const { port } = archive.address() as AddressInfo;
    const web = { name: 'web', type: 'stow', url: `http://127.0.0.1:${port}/dicom-web`, default: true };
    const delivery = { retrySeconds: 0.1, maxRetrySeconds: 0.3, deadAfterAttempts: { instance: 2 } };
    await site.configure({ destinations: [web], delivery });
    const node = await site.start();
    const folder = join(site.folder, 'sent');
    await writePart10(shortAxis('given up'), folder);
    const sent = await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', '127.0.0.1', String(node.dimsePort), folder);
    expect(sent).toMatchObject({ code: 0 });
    const get = async (path: string) => (await fetch(`${node.httpUrl}${path}`)).text();
    const dead = (metrics: string) => /cmr_node_outbox_dead\{destination="web"\} (\d+)/.exec(metrics)?.[1];
    await eventually(
      () => get('/metrics'),
      (metrics) => dead(metrics) === '4',
      { what: 'four given up' },
    );
    const { checks } = JSON.parse(await get('/health/ready'));
    expect(checks['destination web']).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('4 instances were given up'),
    });
    const alerts = node.log().filter(({ event }) => event === 'delivery-given-up');
    expect(alerts.map((line) => line['alert'])).toEqual([true, true, true, true]);
    bears = true;
    const again = await site.command('resend', '--destination', 'web', '--state', 'dead', '--reason', 'repaired');
    expect(again).toMatchObject({ code: 0 });
    await eventually(
      () => get('/health/ready'),
      (health) => JSON.parse(health).status === 'ok',
      { what: 'a healthy node' },
    );
    expect(dead(await get('/metrics'))).toBe('0');
    expect(await site.command('audit', 'verify')).toMatchObject({ code: 0 });
  });
});
