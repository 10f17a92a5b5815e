import type { WrittenConfig } from './config-schema.ts';
import type { Fault } from './faults.ts';

/** What of `audit` no key can know by itself. */
export function auditFaults(audit: WrittenConfig['audit'] | undefined): readonly Fault[] {
  const syslog = audit?.syslog;
  if (syslog?.tls === undefined) return [];
  const { transport, tls } = syslog;
  const path = ['audit', 'syslog', 'tls'];
  const faults: Fault[] = [];
  if (transport !== 'tls') faults.push({ path, problem: 'is of no use without transport: tls', showValue: false });
  if ((tls.keyFile === undefined) !== (tls.certFile === undefined)) {
    faults.push({ path, problem: 'must have both keyFile and certFile, or neither', showValue: false });
  }
  return faults;
}
