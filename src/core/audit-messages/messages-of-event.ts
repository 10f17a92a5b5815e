import { EVENT_ID, EVENT_TYPE, ownCode, ROLE } from './audit-codes.ts';
import type { ActiveParticipant, AuditMessage, Code } from './audit-message.ts';
import { type AuditedEvent, type AuditReporter, countAt, queuedAt, textAt } from './audited-event.ts';
import { auditLogObject, entryObject, queryObject, subjectObjects } from './participant-objects.ts';
import { actorParticipant, destinationParticipant, isByNode, nodeParticipant } from './participants.ts';

type Content = Pick<AuditMessage, 'eventId' | 'action' | 'participants' | 'objects'> &
  Partial<Pick<AuditMessage, 'eventTypes' | 'outcome'>>;

/**
 * The messages of PS3.15 A.5.3 for one entry of the audit trail, at least one; an event for which the standard has none
 * is a message of its own (CID 400 is extensible). The entry's event is always the last of the event types.
 */
export function messagesOfEvent(entry: AuditedEvent, reporter: AuditReporter): readonly AuditMessage[] {
  const { sourceId: id, enterpriseSite } = reporter;
  return contentsOf(entry, reporter).map(({ eventTypes = [], outcome = 0, objects, ...content }) => ({
    ...content,
    eventTypes: [...eventTypes, ownCode(entry.event)],
    at: entry.at,
    outcome,
    source: { id, enterpriseSite },
    objects: [...objects, entryObject(entry)],
  }));
}

function contentsOf(entry: AuditedEvent, reporter: AuditReporter): readonly Content[] {
  switch (entry.event) {
    case 'node-started':
      return [application(reporter, EVENT_TYPE.applicationStart)];
    case 'node-stopped':
      return [application(reporter, EVENT_TYPE.applicationStop)];
    case 'sign-in':
      return [authentication(entry, reporter, { type: EVENT_TYPE.login, outcome: 0 })];
    case 'sign-in-failed':
      return [authentication(entry, reporter, { type: EVENT_TYPE.login, outcome: 4 })];
    case 'sign-out':
      return [authentication(entry, reporter, { type: EVENT_TYPE.logout, outcome: 0 })];
    case 'audit-read':
      return [about(entry, reporter, { eventId: EVENT_ID.auditLogUsed, action: 'R', objects: [auditLogObject()] })];
    case 'series-viewed':
    case 'hold-released':
      return [accessed(entry, reporter, 'R')];
    case 'series-decided':
    case 'series-decided-again':
    case 'late-instances':
      return [...receptions(entry, reporter), accessed(entry, reporter, turned(entry)), ...transfers(entry, reporter)];
    case 'series-reviewed':
      return [
        accessed(entry, reporter, countAt(entry.detail, 'superseded') === undefined ? 'R' : 'U'),
        ...transfers(entry, reporter),
      ];
    case 'series-files-removed':
      return [accessed(entry, reporter, 'D')];
    case 'series-sent-again':
    case 'deliveries-retried':
    case 'passed-to-alternate':
      return orOwn(transfers(entry, reporter), entry, reporter);
    case 'delivery-failed':
    case 'delivery-given-up':
      return orOwn(failedTransfer(entry, reporter), entry, reporter);
    case 'instances-retrieved':
      return [retrieval(entry, reporter)];
    case 'instances-searched':
      return [search(entry, reporter)];
    case 'labels-exported':
    case 'backup-made':
      return [about(entry, reporter, { eventId: EVENT_ID.export, action: 'R', objects: [], role: ROLE.source })];
    default:
      return [own(entry, reporter)];
  }
}

function about(
  entry: AuditedEvent,
  reporter: AuditReporter,
  { role, ...content }: Omit<Content, 'participants'> & { readonly role?: Code },
): Content {
  return { ...content, participants: [actorParticipant(entry, reporter, { isRequestor: true, role })] };
}

function own(entry: AuditedEvent, reporter: AuditReporter): Content {
  return about(entry, reporter, { eventId: ownCode(entry.event), action: 'E', objects: subjectObjects(entry) });
}

function orOwn(contents: readonly Content[], entry: AuditedEvent, reporter: AuditReporter): readonly Content[] {
  return contents.length > 0 ? contents : [own(entry, reporter)];
}

/** A.5.3.1. */
function application(reporter: AuditReporter, type: Code): Content {
  const participants = [nodeParticipant(reporter, { isRequestor: false, role: ROLE.application })];
  return { eventId: EVENT_ID.applicationActivity, eventTypes: [type], action: 'E', participants, objects: [] };
}

/** A.5.3.12: who signed in, and with whom. */
function authentication(
  entry: AuditedEvent,
  reporter: AuditReporter,
  { type, outcome }: { readonly type: Code; readonly outcome: 0 | 4 },
): Content {
  const person = actorParticipant(entry, reporter, { isRequestor: true });
  const participants = [person, nodeParticipant(reporter, { isRequestor: false, role: ROLE.application })];
  return { eventId: EVENT_ID.userAuthentication, eventTypes: [type], action: 'E', outcome, participants, objects: [] };
}

/** A.5.3.6. */
function accessed(entry: AuditedEvent, reporter: AuditReporter, action: 'C' | 'R' | 'U' | 'D'): Content {
  return about(entry, reporter, { eventId: EVENT_ID.instancesAccessed, action, objects: subjectObjects(entry) });
}

/** Whether a decision made instances, or looked at those that there are. */
function turned({ detail }: AuditedEvent): 'C' | 'R' {
  return textAt(detail, 'decision') === 'standardize' && textAt(detail, 'mode') === 'standardize' ? 'C' : 'R';
}

/** A.5.3.7: a series came from a scanner, or from somebody by STOW-RS. */
function receptions(entry: AuditedEvent, reporter: AuditReporter): readonly Content[] {
  const { from } = entry.detail;
  const senders = Array.isArray(from)
    ? from.filter((one): one is string => typeof one === 'string' && one.trim() !== '')
    : [];
  return senders.map((userId) => ({
    eventId: EVENT_ID.instancesTransferred,
    action: 'C',
    participants: [
      { userId, isRequestor: true, role: ROLE.source },
      nodeParticipant(reporter, { isRequestor: false, role: ROLE.destination }),
    ],
    objects: subjectObjects(entry),
  }));
}

/** A.5.3.3: one message for each destination that is to get something. */
function transfers(entry: AuditedEvent, reporter: AuditReporter): readonly Content[] {
  return queuedAt(entry).map(([destination, count]) => ({
    eventId: EVENT_ID.beginTransferring,
    action: 'E',
    participants: [...sending(entry, reporter), destinationParticipant(destination, reporter)],
    objects: subjectObjects({ ...entry, detail: { ...entry.detail, instances: count } }),
  }));
}

/** The node sends; where a person had it do so, they are the requestor. */
function sending(entry: AuditedEvent, reporter: AuditReporter): readonly ActiveParticipant[] {
  const byNode = isByNode(entry);
  const node = nodeParticipant(reporter, { isRequestor: byNode, role: ROLE.source });
  return byNode ? [node] : [node, actorParticipant(entry, reporter, { isRequestor: true })];
}

/** A.5.3.7: an instance that a destination did not take. The node tries again, or has given up. */
function failedTransfer(entry: AuditedEvent, reporter: AuditReporter): readonly Content[] {
  const destination = textAt(entry.detail, 'destination');
  if (destination === undefined) return [];
  const participants = [...sending(entry, reporter), destinationParticipant(destination, reporter)];
  const objects = subjectObjects(entry);
  const outcome = entry.event === 'delivery-given-up' ? 8 : 4;
  return [{ eventId: EVENT_ID.instancesTransferred, action: 'R', outcome, participants, objects }];
}

/** A.5.3.7: somebody took instances by WADO-RS. */
function retrieval(entry: AuditedEvent, reporter: AuditReporter): Content {
  const participants = [
    nodeParticipant(reporter, { isRequestor: false, role: ROLE.source }),
    actorParticipant(entry, reporter, { isRequestor: true, role: ROLE.destination }),
  ];
  return { eventId: EVENT_ID.instancesTransferred, action: 'R', participants, objects: subjectObjects(entry) };
}

/** A.5.3.10: somebody searched by QIDO-RS. */
function search(entry: AuditedEvent, reporter: AuditReporter): Content {
  const participants = [
    actorParticipant(entry, reporter, { isRequestor: true, role: ROLE.source }),
    nodeParticipant(reporter, { isRequestor: false, role: ROLE.destination }),
  ];
  return { eventId: EVENT_ID.query, action: 'E', participants, objects: [queryObject(entry)] };
}
