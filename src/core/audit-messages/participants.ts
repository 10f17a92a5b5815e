import { ROLE } from './audit-codes.ts';
import type { AccessPoint, ActiveParticipant } from './audit-message.ts';
import { type AuditedEvent, type AuditReporter, textAt } from './audited-event.ts';

/** Who acts in the audit trail where nobody else does. */
const NODE = 'node';

type Part = Pick<ActiveParticipant, 'isRequestor' | 'role'>;

export function nodeParticipant({ aeTitle, host }: AuditReporter, part: Part): ActiveParticipant {
  const accessPoint = accessPointOf(host);
  return { userId: aeTitle, alternativeUserId: `AETITLES=${aeTitle}`, ...part, accessPoint };
}

/** An archive by its name in the configuration; of one that is no longer there the name is all that is known. */
export function destinationParticipant(name: string, { destinations }: AuditReporter): ActiveParticipant {
  const known = destinations.get(name);
  return {
    userId: name,
    alternativeUserId: known?.aeTitle === undefined ? undefined : `AETITLES=${known.aeTitle}`,
    isRequestor: false,
    role: ROLE.destination,
    accessPoint: known === undefined ? undefined : accessPointOf(known.address),
  };
}

/** Who did it: the node, or a person or scanner, with the network address where the entry has it. */
export function actorParticipant(entry: AuditedEvent, reporter: AuditReporter, part: Part): ActiveParticipant {
  if (isByNode(entry)) return nodeParticipant(reporter, part);
  const address = textAt(entry.detail, 'address');
  return { userId: entry.actor, ...part, accessPoint: address === undefined ? undefined : accessPointOf(address) };
}

export function isByNode({ actor }: AuditedEvent): boolean {
  return actor === NODE;
}

function accessPointOf(id: string): AccessPoint {
  if (/^https?:/.test(id)) return { id, kind: 'uri' };
  return { id, kind: /^(?:\d{1,3}\.){3}\d{1,3}$|:/.test(id) ? 'ip-address' : 'machine-name' };
}
