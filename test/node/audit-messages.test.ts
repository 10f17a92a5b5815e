import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditMessageFaults } from '../support/audit-schema.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { type NodeSite, nodeSite } from '../support/running-node.ts';
import { type SyslogPeer, syslogPeer } from '../support/syslog-server.ts';
import { parseXml } from '../support/xml-element.ts';

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

let site: NodeSite;
let port: number;
let peer: SyslogPeer | undefined;
beforeEach(async () => {
  port = await freePort();
  site = await nodeSite({ audit: { syslog: { transport: 'tcp', host: '127.0.0.1', port, sourceId: 'mr-room-2' } } });
});
afterEach(async () => {
  await site.remove();
  await peer?.close();
  peer = undefined;
});

it('a node tells a syslog server when it started, who signed in, and when it stopped; without the server it works', async () => {
  const alone = await site.start();
  const health = await eventually(
    async () => (await (await fetch(`${alone.httpUrl}/health/ready`)).json()) as Health,
    ({ status }) => status === 'degraded',
    { what: 'degraded health' },
  );
  expect(health.checks['audit messages']).toMatchObject({
    status: 'degraded',
    detail: expect.stringMatching(/entries wait: syslog server 127\.0\.0\.1:\d+: it cannot be reached/),
  });
  expect(await alone.stop()).toBe(0);

  peer = await syslogPeer({ port });
  const node = await site.start();
  const signedIn = await fetch(`${node.httpUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(node.httpUrl).origin },
    body: JSON.stringify({ token: node.token }),
  });
  expect(signedIn.status).toBeLessThan(300);
  expect(await node.stop()).toBe(0);

  const messages = peer.messages.map((text) => parseXml(text.slice(text.indexOf('<AuditMessage'))));
  expect(messages.flatMap(auditMessageFaults)).toEqual([]);
  const types = messages.map(({ children }) => children[0]?.children.map((code) => code.attributes['csd-code']));
  expect(types).toEqual([
    ['110100', '110120', 'node-started'],
    ['110100', '110121', 'node-stopped'],
    ['110100', '110120', 'node-started'],
    ['110114', '110122', 'sign-in'],
    ['110100', '110121', 'node-stopped'],
  ]);
  expect(peer.messages.every((text) => / mr-room-2 \d+ DICOM\+RFC3881 - /.test(text))).toBe(true);
});
