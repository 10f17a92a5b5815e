import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dcmtk, hasDcmtk, type Storescp, startStorescpAt } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { readPart10, writePart10 } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

describe.skipIf(!hasDcmtk)('an archive that fails', () => {
  let site: NodeSite;
  let node: RunningNode;
  let port: number;
  const archives: Storescp[] = [];
  const otherSites: NodeSite[] = [];

  beforeEach(async () => {
    site = await nodeSite();
    port = await freePort();
    const archive = { type: 'dimse', host: '127.0.0.1', port, calledAeTitle: 'ARCHIVE', concurrency: 1, default: true };
    const timeouts = { connectSeconds: 2, associationSeconds: 2, responseSeconds: 1, idleReleaseSeconds: 1 };
    const healthy = { ...archive, name: 'second', port: await freePort() };
    await site.configure({ destinations: [{ ...archive, name: 'pacs', timeouts }, healthy] });
    archives.push(await startStorescpAt(healthy.port, join(site.folder, 'second')));
    node = await site.start();
  });

  afterEach(async () => {
    await Promise.all(archives.splice(0).map((archive) => archive.stop()));
    await Promise.all([site, ...otherSites.splice(0)].map((one) => one.remove()));
  });

  async function archive(...parameters: readonly string[]): Promise<Storescp> {
    const started = await startStorescpAt(port, join(site.folder, 'pacs'), ...parameters);
    archives.push(started);
    return started;
  }

  async function send(): Promise<void> {
    const folder = join(site.folder, 'sent');
    await writePart10(shortAxis('archive faults'), folder);
    const done = await dcmtk('storescu', '-aec', 'CMR_NODE', '+sd', '127.0.0.1', String(node.dimsePort), folder);
    expect(done).toMatchObject({ code: 0 });
  }

  async function health(): Promise<{ readonly code: number; readonly body: Health }> {
    const answer = await fetch(`${node.httpUrl}/health/ready`);
    return { code: answer.status, body: (await answer.json()) as Health };
  }

  /** Ready all the same, degraded, and in words that help. */
  async function expectDegraded(words: RegExp): Promise<void> {
    const detail = ({ body }: Awaited<ReturnType<typeof health>>) => body.checks['destination pacs']?.detail ?? '';
    const { code, body } = await eventually(health, (seen) => words.test(detail(seen)), { what: String(words) });
    expect(code).toBe(200);
    expect(body.status).toBe('degraded');
    expect(body.checks['destination pacs']?.status).toBe('degraded');
    expect(body.checks['destination second']).toEqual({ status: 'ok' });
  }

  async function expectDelivered(to: 'pacs' | 'second'): Promise<void> {
    const sent = await readPart10(join(site.folder, 'sent'));
    const verdict = await eventually(
      async () => judgeGeometry(sent, await readPart10(join(site.folder, to))),
      ({ lost }) => lost.length === 0,
      { what: `everything at ${to}` },
    );
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: 4 });
  }

  async function expectRecovered(): Promise<void> {
    await expectDelivered('pacs');
    await eventually(health, ({ body }) => body.status === 'ok', { what: 'a healthy node' });
    const audit = await site.command('audit', 'verify');
    expect(audit.code).toBe(0);
  }

  it('by being down from the start gets everything when it comes, and holds up nobody', async () => {
    await send();
    await expectDelivered('second');
    await expectDegraded(/127\.0\.0\.1.*(refused|nobody listens|reach)/i);
    await archive();
    await expectRecovered();
  });

  it('by refusing every association gets everything when it takes them again', async () => {
    const refusing = await archive('--refuse');
    await send();
    await expectDelivered('second');
    await expectDegraded(/(refus|reject)/i);
    await refusing.stop();
    await archive();
    await expectRecovered();
  });

  it('by hanging in the middle of an instance gets everything when it answers again', async () => {
    const hanging = await archive('--sleep-during', '30');
    await send();
    await expectDelivered('second');
    await expectDegraded(/(answer|time|second)/i);
    await hanging.stop();
    await archive();
    await expectRecovered();
  });

  it('by going away in the middle of an instance gets everything when it is back', async () => {
    const aborting = await archive('--abort-during');
    await send();
    await expectDelivered('second');
    await expectDegraded(/\w+ \w+/);
    await aborting.stop();
    await archive();
    await expectRecovered();
  });

  it('by refusing every instance, since its disk is full, gets everything when it has room again', async () => {
    const full = { dimse: { port, aeTitle: 'ARCHIVE' }, embeddedArchive: { port: 0, aeTitle: 'ARCHIVE' } };
    const other = await nodeSite({ ...full, storage: { reserveMegabytes: 100_000_000 } });
    otherSites.push(other);
    const refusing = other.launch();
    await send();
    await expectDelivered('second');
    await expectDegraded(/out of resources \(A700\)/i);
    refusing.signal('SIGKILL');
    await refusing.exited;
    await archive();
    await expectRecovered();
  });

  it('is waited for across a restart of the node', async () => {
    await send();
    await expectDelivered('second');
    expect(await node.stop()).toBe(0);
    node = await site.start();
    await archive();
    await expectRecovered();
  });
});
