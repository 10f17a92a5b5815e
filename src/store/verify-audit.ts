import { type AuditHead, type AuditRow, auditHash, GENESIS_HASH, SELECT_AUDIT } from './audit.ts';
import type { Reader } from './database.ts';

export type AuditVerdict =
  | { readonly ok: true; readonly entries: number }
  | { readonly ok: false; readonly firstBadSeq: number; readonly why: string };

const PAGE = 1000;

/** Why `row` cannot follow `previous`, or undefined where it does. */
function breakBetween(previous: AuditHead, row: AuditRow): string | undefined {
  if (row.seq !== previous.seq + 1) return `${row.seq - previous.seq - 1} entries before it are missing`;
  if (row.previousHash !== previous.hash) return 'it does not follow the entry before it';
  if (row.hash !== auditHash(row)) return 'it was changed';
  return undefined;
}

/** The rows after `head` (at most a page) and where the chain says it ends, in one view of the database. */
async function nextPage(reader: Reader, head: AuditHead): Promise<{ rows: AuditRow[]; end: AuditHead | undefined }> {
  const page = await reader.all<AuditRow & { endSeq: number | null; endHash: string | null }>(
    `select entry.*, audit_head.seq as "endSeq", audit_head.hash as "endHash"
      from (select 1) left join audit_head on true
        left join (${SELECT_AUDIT} where seq > ? order by seq limit ${PAGE}) as entry on true order by entry.seq`,
    [head.seq],
  );
  const { endSeq, endHash } = page[0]!;
  const rows = page.filter(({ seq }) => seq !== null);
  return { rows, end: endSeq === null || endHash === null ? undefined : { seq: endSeq, hash: endHash } };
}

function verdictAtEnd(head: AuditHead, end: AuditHead | undefined): AuditVerdict {
  if (end === undefined)
    return { ok: false, firstBadSeq: head.seq + 1, why: 'the record of the last entry is missing' };
  if (end.seq > head.seq) {
    return { ok: false, firstBadSeq: head.seq + 1, why: `${end.seq - head.seq} entries at the end are missing` };
  }
  if (end.seq < head.seq) return { ok: false, firstBadSeq: end.seq + 1, why: 'it was added by somebody else' };
  if (end.hash !== head.hash)
    return { ok: false, firstBadSeq: head.seq, why: 'it is not the last entry that was written' };
  return { ok: true, entries: head.seq };
}

/** Follows the chain from its first entry to its last, a page at a time, beside a node that goes on writing. */
export async function verifyAudit(reader: Reader): Promise<AuditVerdict> {
  let head: AuditHead = { seq: 0, hash: GENESIS_HASH };
  while (true) {
    const { rows, end } = await nextPage(reader, head);
    for (const row of rows) {
      const why = breakBetween(head, row);
      if (why !== undefined) return { ok: false, firstBadSeq: row.seq, why };
      head = row;
    }
    if (rows.length < PAGE) return verdictAtEnd(head, end);
  }
}
