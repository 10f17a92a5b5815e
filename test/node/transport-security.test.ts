import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dcmtk, hasDcmtk } from '../dimse/dcmtk.ts';
import { type Authority, certificateAuthority, type Identity } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { part10Of } from '../support/part10-files.ts';
import { type LogLine, launchProgram, type NodeProcess, type NodeSite, nodeSite } from '../support/running-node.ts';
import { multipart, post } from '../support/stow-request.ts';
import { requireTool } from '../support/tools.ts';

const openssl = requireTool('openssl');

/** Everything below a folder that somebody else than its owner may open, with its mode. */
async function openToOthers(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const modes = await Promise.all(
    ['', ...names].map(async (name) => ({ name, mode: (await stat(join(folder, name))).mode & 0o777 })),
  );
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ name, mode }) => `${name} ${mode.toString(8)}`);
}

describe.skipIf(openssl === undefined || !hasDcmtk)('a node with certificates', () => {
  let folder: string;
  let authority: Authority;
  let scanner: Identity;
  let live: Identity;
  let site: NodeSite;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'transport-security-'));
    authority = await certificateAuthority(openssl!, folder);
    scanner = await authority.issue('mr1');
    live = { keyFile: join(folder, 'live.key'), certFile: join(folder, 'live.pem') };
  });
  afterEach(() => site?.remove());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function put({ keyFile, certFile }: Identity): Promise<void> {
    await copyFile(keyFile, live.keyFile);
    await copyFile(certFile, live.certFile);
  }

  const event = (node: Pick<NodeProcess, 'log'>, name: string): Promise<LogLine> =>
    eventually(
      () => node.log().filter((line) => line.event === name),
      (lines) => lines.length > 0,
      { what: name },
    ).then((lines) => lines.at(-1)!);

  it('receives over TLS beside clear text, renews at SIGHUP, keeps what works, and says all of it', async () => {
    await put(await authority.issue('first'));
    await chmod(live.keyFile, 0o644);
    site = await nodeSite({
      dimse: {
        host: '0.0.0.0',
        port: 0,
        aeTitle: 'CMR_NODE',
        allowedCallers: [{ aeTitle: 'MR1', addresses: ['127.0.0.0/8'], certificateSubject: { CN: 'mr1' } }],
        tls: { port: 0, ...live, caFile: authority.caFile },
      },
    });
    const node = await site.start();
    const tlsPort = Number((await event(node, 'node-started'))['dimseTlsPort']);
    expect((await event(node, 'clear-text'))['what']).toMatch(/^dimse: what is stored at 0\.0\.0\.0:0$/);
    expect(await event(node, 'secret-file-open-to-others')).toMatchObject({ key: 'dimse.tls.keyFile', mode: '644' });
    expect((await site.command('inspect')).stderr).toContain('clear-text: not encrypted on the network: dimse');

    const [instance] = shortAxis('tls');
    const file = join(folder, 'sample.dcm');
    await writeFile(file, part10Of(instance!));
    const parameters = ['-aec', 'CMR_NODE', '-aet', 'MR1'];
    const secured = ['+tls', scanner.keyFile, scanner.certFile, '+cf', authority.caFile];
    const sent = await dcmtk('storescu', ...parameters, ...secured, '127.0.0.1', String(tlsPort), file);
    expect(sent.code, sent.output).toBe(0);
    const clear = await dcmtk('echoscu', ...parameters, '127.0.0.1', String(node.dimsePort));
    expect(clear.output).toContain('Calling AE Title Not Recognized');

    const metrics = await (await fetch(`${node.httpUrl}/metrics`)).text();
    expect(metrics).toContain('cmr_node_associations_rejected_total{cause="certificate"} 1');
    expect(metrics).toMatch(/cmr_node_certificate_expiry_timestamp_seconds\{name="dimse\.tls"\} \d{10}/);

    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port: tlsPort, rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        }).on('error', reject);
      });
    expect(await shown()).toBe('first');
    await put(await authority.issue('second'));
    node.signal('SIGHUP');
    await event(node, 'certificate-reloaded');
    expect(await shown()).toBe('second');
    await writeFile(live.certFile, '');
    node.signal('SIGHUP');
    expect((await event(node, 'certificate-not-reloaded'))['reason']).toBe('certFile holds no certificate (PEM)');
    expect(await shown()).toBe('second');
    const health = (await (await fetch(`${node.httpUrl}/health/ready`)).json()) as { checks: Record<string, unknown> };
    expect(health).toMatchObject({ status: 'degraded', checks: { 'dimse.tls': { status: 'degraded' } } });
    expect(await node.stop()).toBe(0);
  });

  it('serves HTTPS, and lets a session travel by nothing else', async () => {
    await put(await authority.issue('page'));
    site = await nodeSite({ http: { port: 0, tls: live } });
    const node = site.launch();
    const { httpPort } = await event(node, 'node-started');
    const ca = await readFile(authority.caFile, 'utf8');
    const [, token] = await eventually(
      () => /^Token +(\S+)/m.exec(node.stdout()) ?? [],
      (found) => found.length > 0,
      { what: 'the token' },
    );
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const where = { host: '127.0.0.1', port: Number(httpPort), path: '/api/v1/session', ca, agent: false };
      const headers = { 'Content-Type': 'application/json' };
      request({ ...where, method: 'POST', headers }, resolve)
        .on('error', reject)
        .end(JSON.stringify({ token }));
    });
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['strict-transport-security']).toMatch(/max-age/);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-.*; Secure/);
    expect(node.stdout()).toContain(`https://127.0.0.1:${String(httpPort)}/`);
  });

  it('does not start with a key of another certificate', async () => {
    await put(await authority.issue('one'));
    site = await nodeSite({ http: { port: 0, tls: { ...live, keyFile: scanner.keyFile } } });
    const node = site.launch();
    expect(await node.exited).toBe(78);
    expect(node.stderr()).toContain('http.tls: the key of keyFile does not belong');
  });
});

describe('the files of a node', () => {
  it('are open to its own user alone, whatever is in them', async () => {
    const dataDir = join(await mkdtemp(join(tmpdir(), 'file-modes-')), 'data');
    const env = {
      CMR_NODE_DATA_DIR: dataDir,
      CMR_NODE_DIMSE_PORT: '0',
      CMR_NODE_HTTP_PORT: '0',
      CMR_NODE_EMBEDDED_ARCHIVE_PORT: '0',
      CMR_NODE_SERIES_QUIET_SECONDS: '1',
      CMR_NODE_STORAGE_RESERVE_MEGABYTES: '1',
      CMR_NODE_INFERENCE_EXECUTION_PROVIDERS: '[cpu]',
    };
    const node = launchProgram(['serve', '--demo'], { env });
    try {
      const said = await eventually(
        () => node.stdout(),
        (text) => text.includes('Ctrl-C stops the node.'),
        { what: 'the demo', milliseconds: 60_000 },
      );
      const [, url = ''] = /(http:\/\/\S+)\//.exec(said) ?? [];
      const [, token = ''] = /^Token +(\S+)/m.exec(said) ?? [];
      const garbage = multipart([Buffer.from('no instance at all')]);
      const refused = await post(`${url}/dicomweb/studies`, garbage, { Authorization: `Bearer ${token}` });
      expect(refused.status).toBe(409);
      const kinds = await readdir(dataDir);
      expect(kinds).toEqual(
        expect.arrayContaining(['archive', 'demo', 'node.sqlite', 'quarantine', 'results', 'spool']),
      );
      expect(await readdir(join(dataDir, 'quarantine'))).not.toEqual([]);
      expect(await openToOthers(dataDir)).toEqual([]);
    } finally {
      node.signal('SIGKILL');
      await node.exited;
      await rm(join(dataDir, '..'), { recursive: true, force: true });
    }
  });
});
