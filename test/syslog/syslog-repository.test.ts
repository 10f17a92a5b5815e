import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditMessage } from '../../src/core/audit-messages/audit-message.ts';
import { auditMessageXml } from '../../src/core/audit-messages/audit-message-xml.ts';
import { messagesOfEvent } from '../../src/core/audit-messages/messages-of-event.ts';
import { syslogRepository } from '../../src/syslog/syslog-repository.ts';
import { TlsCredentials } from '../../src/tls/tls-credentials.ts';
import type { TlsFiles } from '../../src/tls/tls-files.ts';
import { auditMessageFaults } from '../support/audit-schema.ts';
import { certificateAuthority } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { type SyslogPeer, syslogPeer, syslogUdpPeer } from '../support/syslog-server.ts';
import { requireTool } from '../support/tools.ts';
import { parseXml } from '../support/xml-element.ts';

const REPORTER = { sourceId: 'node-1', aeTitle: 'CMR_NODE', host: 'node', destinations: new Map() };
const OF_NAME = { seq: 1, hash: 'ab', at: 0, event: 'sign-in', subject: {}, detail: {} };
/** Octets and characters are not the same number. */
const MESSAGES: readonly AuditMessage[] = ['Jörg', '佐藤', 'anna'].flatMap((actor) =>
  messagesOfEvent({ ...OF_NAME, actor }, REPORTER),
);
const LINE = /^<85>1 1970-01-01T00:00:00\.000Z [!-~]+ cmr-node \d+ DICOM\+RFC3881 - \uFEFF(<AuditMessage>.*)$/;

const openssl = requireTool('openssl');

let folder: string;
let peer: SyslogPeer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syslog-'));
});
afterEach(async () => {
  await peer?.close();
  peer = undefined;
  await rm(folder, { recursive: true });
});

function at(port: number) {
  return { host: '127.0.0.1', port, timeoutMs: 1000 };
}

async function credentials(files: TlsFiles): Promise<TlsCredentials> {
  return TlsCredentials.open('audit.syslog.tls', files, { log: recordedLog(), now: Date.now });
}

function expectAll(messages: readonly string[]): void {
  const xml = messages.map((message) => LINE.exec(message)?.[1] ?? message);
  expect(xml).toEqual(MESSAGES.map(auditMessageXml));
  expect(xml.flatMap((text) => auditMessageFaults(parseXml(text)))).toEqual([]);
}

describe('audit messages to a syslog server', () => {
  it('are counted in octets over TCP, and taken when the server has read to the end', async () => {
    peer = await syslogPeer();
    await syslogRepository({ ...at(peer.port), transport: 'tcp' }, 'cmr-node').send(MESSAGES);
    expect(peer.faults).toEqual([]);
    expectAll(peer.messages);
  });

  it('are datagrams of their own over UDP', async () => {
    const udp = await syslogUdpPeer();
    peer = udp;
    await syslogRepository({ ...at(udp.port), transport: 'udp' }, 'cmr-node').send(MESSAGES);
    await eventually(
      () => udp.messages.length,
      (count) => count === MESSAGES.length,
      { what: 'all datagrams' },
    );
    expectAll(udp.messages);
  });

  it.skipIf(openssl === undefined)('go over TLS with certificates of both sides', async () => {
    const authority = await certificateAuthority(openssl!, folder);
    const [identity, node] = [await authority.issue('server'), await authority.issue('node')];
    const [key, cert, ca] = await Promise.all(
      [identity.keyFile, identity.certFile, authority.caFile].map((file) => readFile(file)),
    );
    peer = await syslogPeer({ tls: { key, cert, ca, requestCert: true, rejectUnauthorized: true } });
    const server = { ...at(peer.port), transport: 'tls' } as const;
    const own = { credentials: await credentials({ ...node, caFile: authority.caFile }) };
    await syslogRepository({ ...server, tls: own }, 'cmr-node').send(MESSAGES);
    expect(peer.faults).toEqual([]);
    expectAll(peer.messages);
    const none = { credentials: await credentials({ caFile: authority.caFile }) };
    await expect(syslogRepository({ ...server, tls: none }, 'cmr-node').send(MESSAGES)).rejects.toThrow(
      'it asks for a certificate of this node',
    );
    expect(peer.messages).toHaveLength(MESSAGES.length);
  });

  it.skipIf(openssl === undefined)('are not sent to a server whose certificate is not trusted', async () => {
    const [own, other] = [
      await certificateAuthority(openssl!, folder, 'own'),
      await certificateAuthority(openssl!, folder, 'other'),
    ];
    const { keyFile, certFile } = await other.issue('server');
    peer = await syslogPeer({ tls: { key: await readFile(keyFile), cert: await readFile(certFile) } });
    const tls = { credentials: await credentials({ caFile: own.caFile }) };
    const sending = syslogRepository({ ...at(peer.port), transport: 'tls', tls }, 'cmr-node').send(MESSAGES);
    await expect(sending).rejects.toThrow(/syslog server 127\.0\.0\.1:\d+: its certificate is not trusted here/);
    expect(peer.messages).toEqual([]);
  });

  it('fail where the server breaks off, ends too early, does not read to the end in time, or is not there', async () => {
    peer = await syslogPeer({ keepOpen: true });
    const silent = syslogRepository({ ...at(peer.port), timeoutMs: 200, transport: 'tcp' }, 'cmr-node');
    await expect(silent.send(MESSAGES)).rejects.toThrow('it did not answer for 0.2 s');
    await peer.close();
    peer = await syslogPeer({ endAtOnce: true });
    const many = Array.from({ length: 20_000 }, (_, i) => MESSAGES[i % MESSAGES.length] as AuditMessage);
    const hasty = syslogRepository({ ...at(peer.port), transport: 'tcp' }, 'cmr-node');
    await expect(hasty.send(many)).rejects.toThrow('it broke the connection off');
    await peer.close();
    peer = await syslogPeer({ breakOff: 1 });
    const server = { ...at(peer.port), transport: 'tcp' } as const;
    await expect(syslogRepository(server, 'cmr-node').send(MESSAGES)).rejects.toThrow(/broke|ECONNRESET|EPIPE/);
    await peer.close();
    peer = undefined;
    await expect(syslogRepository(server, 'cmr-node').send(MESSAGES)).rejects.toThrow(
      `syslog server 127.0.0.1:${server.port}: it cannot be reached (ECONNREFUSED)`,
    );
  });
});
