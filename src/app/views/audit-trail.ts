import type { AuditPage, AuditQuery } from '../../api/audit.ts';
import type { Asker } from '../../api/endpoints.ts';
import { type AuditRow, appendAudit } from '../../store/audit.ts';
import { type AuditFilter, auditEntries } from '../../store/audit-trail.ts';
import type { NodeContext } from '../node-context.ts';
import { moment } from './moment.ts';
import { cursorAt, placeIn } from './page-cursor.ts';

/**
 * A page of the audit trail, newest first. That somebody looks at it is put on record first, with what they looked for.
 * @throws NodeError bad-request, database-failed
 */
export async function auditTrail(
  query: AuditQuery,
  asker: Asker,
  { db, now }: Pick<NodeContext, 'db' | 'now'>,
): Promise<AuditPage> {
  const { limit, cursor, ...asked } = query;
  const [at, seq] = cursor === undefined ? [] : placeIn(cursor, 2);
  const after = at === undefined || seq === undefined ? undefined : { at, seq };
  const { study: studyInstanceUid, series: seriesInstanceUid } = asked;
  const subject = {
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
    ...(seriesInstanceUid === undefined ? {} : { seriesInstanceUid }),
  };
  const read = { at: now(), event: 'audit-read', actor: asker.name, subject, detail: { ...asked, cursor } };
  await db.transaction((tx) => appendAudit(tx, [read]));
  const filter: AuditFilter = {
    event: asked.event,
    actor: asked.actor,
    studyInstanceUid,
    seriesInstanceUid,
    from: asked.from === undefined ? undefined : Date.parse(asked.from),
    before: asked.to === undefined ? undefined : Date.parse(asked.to),
  };
  const found = await auditEntries(db, filter, { after, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(shown),
    next: found.length > items.length && last !== undefined ? cursorAt(last.at, last.seq) : null,
  };
}

function shown({ seq, at, event, actor, subjectJson, detailJson, hash }: AuditRow): AuditPage['items'][number] {
  return {
    seq,
    at: moment(at),
    event,
    actor,
    subject: JSON.parse(subjectJson) as Record<string, unknown>,
    detail: JSON.parse(detailJson) as Record<string, unknown>,
    hash,
  };
}
