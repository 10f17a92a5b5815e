import { ID_TYPE, STUDY_ROOT_FIND } from './audit-codes.ts';
import type { Detail, ParticipantObject } from './audit-message.ts';
import { type AuditedEvent, countAt, textAt } from './audited-event.ts';
import { isByNode } from './participants.ts';

/** What persons write freely: whoever reads it elsewhere could find a patient's name in it. */
const FREE_TEXTS = ['because', 'reason'];
/** A datagram has an end; who needs the rest finds it in the audit trail of the node. */
const LONGEST_VALUE = 1000;

/** The study, series, instance or batch that an entry is about. */
export function subjectObjects(entry: AuditedEvent): readonly ParticipantObject[] {
  const { subject, detail } = entry;
  const study = textAt(subject, 'studyInstanceUid');
  const series = textAt(subject, 'seriesInstanceUid');
  const instance = textAt(subject, 'sopInstanceUid');
  const batch = countAt(subject, 'batchId');
  const count = instance === undefined ? countAt(detail, 'instances') : 1;
  const sopInstanceUids = instance === undefined ? [] : [instance];
  const instances = count === undefined ? undefined : { count, sopInstanceUids };
  if (study !== undefined) {
    const details = series === undefined ? [] : [{ type: ID_TYPE.seriesInstanceUid.meaning, value: series }];
    return [{ id: study, idType: ID_TYPE.studyInstanceUid, role: 3, named: { name: 'Study' }, details, instances }];
  }
  if (series !== undefined) {
    const idType = ID_TYPE.seriesInstanceUid;
    return [{ id: series, idType, role: 3, named: { name: 'Series' }, details: [], instances }];
  }
  if (instance !== undefined) {
    const idType = ID_TYPE.sopInstanceUid;
    return [{ id: instance, idType, role: 3, named: { name: 'Instance' }, details: [], instances }];
  }
  if (batch === undefined) return [];
  return [{ id: String(batch), idType: ID_TYPE.batch, role: 20, named: { name: 'Batch' }, details: [] }];
}

/** Which studies were searched; for what else nobody wrote down, since it may be a patient's name. */
export function queryObject({ subject }: AuditedEvent): ParticipantObject {
  const keys = [
    ['StudyInstanceUID', textAt(subject, 'studyInstanceUid')],
    ['SeriesInstanceUID', textAt(subject, 'seriesInstanceUid')],
  ].flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  const query = keys.join('&');
  return { id: STUDY_ROOT_FIND, idType: ID_TYPE.sopClassUid, role: 3, named: { query }, details: [] };
}

/** The audit trail of the node, as something that is read. */
export function auditLogObject(): ParticipantObject {
  return { id: '/api/v1/audit', idType: ID_TYPE.uri, role: 13, named: { name: 'Security Audit Log' }, details: [] };
}

/** The entry itself: tells which one is missing, or came twice. */
export function entryObject(entry: AuditedEvent): ParticipantObject {
  const details = Object.entries(entry.detail)
    .filter(([type, value]) => value !== null && value !== undefined && (isByNode(entry) || !FREE_TEXTS.includes(type)))
    .map(([type, value]) => detailOf(type, typeof value === 'string' ? value : JSON.stringify(value)));
  return {
    id: String(entry.seq),
    idType: ID_TYPE.auditEntry,
    role: 13,
    named: { name: entry.event },
    details: [{ type: 'hash', value: entry.hash }, ...details],
  };
}

function detailOf(type: string, text: string): Detail {
  return { type, value: text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…` };
}
