import { type AuditRow, SELECT_AUDIT } from './audit.ts';
import type { SqlValue } from './connection.ts';
import type { Reader } from './database.ts';

/** Which entries of the audit trail. What is not given does not narrow it. */
export interface AuditFilter {
  readonly event?: string | undefined;
  readonly actor?: string | undefined;
  readonly studyInstanceUid?: string | undefined;
  readonly seriesInstanceUid?: string | undefined;
  /** Milliseconds since 1970 UTC: then or later … */
  readonly from?: number | undefined;
  /** … and before this. */
  readonly before?: number | undefined;
}

/** The entry after which a page goes on. */
export type AuditPlace = Pick<AuditRow, 'at' | 'seq'>;

const STUDY = "subject_json ->> '$.studyInstanceUid'";
const SERIES = "subject_json ->> '$.seriesInstanceUid'";

/** Newest first, at most so many, those after a place where one is given. */
export async function auditEntries(
  reader: Reader,
  filter: AuditFilter,
  { after, limit }: { readonly after?: AuditPlace | undefined; readonly limit: number },
): Promise<readonly AuditRow[]> {
  const conditions: readonly (readonly [string, SqlValue | undefined])[] = [
    ['event = ?', filter.event],
    ['actor = ?', filter.actor],
    [`${STUDY} = ?`, filter.studyInstanceUid],
    [`${SERIES} = ?`, filter.seriesInstanceUid],
    ['at >= ?', filter.from],
    ['at < ?', filter.before],
    ['at <= ?', after?.at],
  ];
  const given = conditions.filter((one): one is readonly [string, SqlValue] => one[1] !== undefined);
  const place = after === undefined ? [] : ['(at < ? or seq < ?)'];
  const where = [...given.map(([sql]) => sql), ...place];
  const values = [...given.map(([, value]) => value), ...(after === undefined ? [] : [after.at, after.seq])];
  return reader.all<AuditRow>(
    `${SELECT_AUDIT}${where.length === 0 ? '' : ` where ${where.join(' and ')}`} order by at desc, seq desc limit ?`,
    [...values, limit],
  );
}

/** All entries that name a series of a study, oldest first. Some name the series alone. */
export function auditOfSeries(
  reader: Reader,
  { studyInstanceUid, seriesInstanceUid }: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string },
): Promise<readonly AuditRow[]> {
  return reader.all<AuditRow>(`${SELECT_AUDIT} where ${SERIES} = ? and coalesce(${STUDY}, ?) = ? order by at, seq`, [
    seriesInstanceUid,
    studyInstanceUid,
    studyInstanceUid,
  ]);
}
