import { hostname } from 'node:os';
import type { AuditRepository } from '../app/ports.ts';
import type { AuditMessage } from '../core/audit-messages/audit-message.ts';
import { auditMessageXml } from '../core/audit-messages/audit-message-xml.ts';
import { messageOf } from '../core/errors.ts';
import { tlsFailureInWords } from '../tls/failure-words.ts';
import { type SyslogServer, sendToSyslog } from './syslog-connection.ts';
import { type SyslogOrigin, syslogMessage } from './syslog-message.ts';

/** RFC 5424 6.2.1: notice, warning, error. */
const SEVERITY = { 0: 5, 4: 4, 8: 3, 12: 3 } as const satisfies Record<AuditMessage['outcome'], 3 | 4 | 5>;

/** A syslog server as audit record repository (IHE ITI-20). */
export function syslogRepository(server: SyslogServer, application: string): AuditRepository {
  const origin: SyslogOrigin = { host: hostname(), application, processId: String(process.pid) };
  return {
    send: async (messages) => {
      const texts = messages.map((message) =>
        syslogMessage({ severity: SEVERITY[message.outcome], at: message.at, text: auditMessageXml(message) }, origin),
      );
      await sendToSyslog(texts, server).catch((cause: unknown) => {
        throw new Error(`syslog server ${server.host}:${server.port}: ${inWords(cause)}`, { cause });
      });
    },
  };
}

function inWords(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return tlsFailureInWords(code) ?? (code === '' ? messageOf(cause) : `it cannot be reached (${code})`);
}
