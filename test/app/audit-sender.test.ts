import { afterEach, describe, expect, it } from 'vitest';
import { AuditSender } from '../../src/app/audit-sender.ts';
import type { AuditRepository } from '../../src/app/ports.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { auditSentUpTo } from '../../src/store/audit-messages-sent.ts';
import type { Database } from '../../src/store/database.ts';
import { syslogRepository } from '../../src/syslog/syslog-repository.ts';
import { temporaryDatabase } from '../store/temporary-database.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { type SyslogPeer, syslogPeer } from '../support/syslog-server.ts';

const REPORTER = { sourceId: 'node-1', aeTitle: 'CMR_NODE', host: 'node', destinations: new Map() };

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of toClose.splice(0).reverse()) await one.close();
});

async function happen(db: Database, ...events: readonly string[]): Promise<void> {
  const entries = events.map((event, at) => ({ at, event, actor: 'anna', subject: {}, detail: {} }));
  await db.transaction((tx) => appendAudit(tx, entries));
}

function sender(db: Database, repository: AuditRepository, log = recordedLog()): AuditSender {
  const one = new AuditSender({ db, log }, { repository, reporter: REPORTER, firstRetryMs: 30 });
  toClose.push(one);
  return one;
}

function towards(port: number): AuditRepository {
  return syslogRepository({ host: '127.0.0.1', port, timeoutMs: 1000, transport: 'tcp' }, 'cmr-node');
}

/** The events that arrived, in their order. */
function eventsAt({ messages }: SyslogPeer): readonly (string | undefined)[] {
  return messages.map((text) => /EventTypeCode csd-code="([^"]+)" codeSystemName="99CMRNODE"/.exec(text)?.[1]);
}

describe('the audit trail', () => {
  it('goes to the syslog server in its order, each entry once, also beyond a restart and in many pieces', async () => {
    const [db, peer] = [await temporaryDatabase(), await syslogPeer()];
    toClose.push(peer);
    const early = Array.from({ length: 450 }, (_, i) => `early-${i}`);
    await happen(db, ...early);
    await sender(db, towards(peer.port)).close();
    await happen(db, 'later');
    await sender(db, towards(peer.port)).close();
    expect(eventsAt(peer)).toEqual([...early, 'later']);
    expect(peer.faults).toEqual([]);
    expect(await auditSentUpTo(db)).toBe(451);
  });

  it('waits while the server is dead, says so, and is sent when it comes back', async () => {
    const [db, port, log] = [await temporaryDatabase(), await freePort(), recordedLog()];
    await happen(db, 'first', 'second');
    const one = sender(db, towards(port), log);
    await eventually(
      () => one.problem,
      (problem) => problem !== undefined,
      { what: 'a problem' },
    );
    expect(one.problem).toMatch(
      /^2 entries wait: syslog server 127\.0\.0\.1:\d+: it cannot be reached \(ECONNREFUSED\)$/,
    );
    expect(await auditSentUpTo(db)).toBe(0);
    const peer = await syslogPeer({ port });
    toClose.push(peer);
    await eventually(
      () => one.problem,
      (problem) => problem === undefined,
      { what: 'no problem' },
    );
    expect(eventsAt(peer)).toEqual(['first', 'second']);
    expect(log.events.map(({ event }) => event)).toEqual(['audit-messages-not-sent', 'audit-messages-sent-again']);
  });

  it('is sent again as far as a connection that broke was not read to its end', async () => {
    const [db, peer] = [await temporaryDatabase(), await syslogPeer({ breakOff: 2 })];
    toClose.push(peer);
    await happen(db, 'first', 'second');
    sender(db, towards(peer.port));
    await eventually(
      () => auditSentUpTo(db),
      (seq) => seq === 2,
      { what: 'everything sent' },
    );
    expect(eventsAt(peer)).toEqual(['first', 'second']);
    expect(peer.connections()).toBe(3);
  });

  it('keeps nobody waiting: entries are written while the server hangs', async () => {
    const [db, peer] = [await temporaryDatabase(), await syslogPeer({ keepOpen: true })];
    toClose.push(peer);
    await happen(db, 'first');
    const one = sender(db, towards(peer.port));
    await eventually(
      () => peer.connections(),
      (count) => count === 1,
      { what: 'a connection' },
    );
    const begun = Date.now();
    await happen(db, 'second');
    expect(Date.now() - begun).toBeLessThan(500);
    await one.close();
    expect(await auditSentUpTo(db)).toBe(0);
  });
});
