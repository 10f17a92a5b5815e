import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Transaction } from './database.ts';
import { insertRows, selectList, type TableShape } from './table-shape.ts';
import { wellFormed } from './well-formed.ts';

/** Something that happened and must stay on record. UIDs, codes and names of users: no patient data. */
export interface AuditEntry {
  readonly at: number;
  readonly event: string;
  /** Who did it: a user's name, an AE title, or `node`. */
  readonly actor: string;
  /** What it is about. */
  readonly subject: object;
  readonly detail: object;
}

/** A row as it is kept, its JSON as text, for the hash is of the text. */
export interface AuditRow {
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly actor: string;
  readonly subjectJson: string;
  readonly detailJson: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** Seq and hash of the last row; 0 and GENESIS_HASH before the first. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

const AUDIT: TableShape<AuditRow> = {
  table: 'audit',
  fields: {
    seq: 'plain',
    at: 'plain',
    event: 'plain',
    actor: 'plain',
    subjectJson: 'plain',
    detailJson: 'plain',
    previousHash: 'plain',
    hash: 'plain',
  },
};

/** What the first row has as its previous hash. */
export const GENESIS_HASH = '0'.repeat(64);
export const SELECT_AUDIT = `select ${selectList(AUDIT)} from audit`;

/** SHA-256 over everything that a row says and the hash before it. */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, event, actor, subjectJson, detailJson, previousHash } = row;
  const text = JSON.stringify([seq, at, event, actor, subjectJson, detailJson, previousHash]);
  return createHash('sha256').update(text).digest('hex');
}

function follow(head: AuditHead, entry: AuditEntry): AuditRow {
  const row = {
    seq: head.seq + 1,
    at: entry.at,
    event: wellFormed(entry.event),
    actor: wellFormed(entry.actor),
    subjectJson: canonicalJson(entry.subject),
    detailJson: canonicalJson(entry.detail),
    previousHash: head.hash,
  };
  return { ...row, hash: auditHash(row) };
}

/**
 * Adds entries to the end of the chain and returns where it ends now. The head is read in the transaction, never
 * remembered: a command beside the node may have written in between.
 */
export async function appendAudit(tx: Transaction, entries: readonly AuditEntry[]): Promise<AuditHead> {
  const [before] = await tx.all<AuditHead>('select seq, hash from audit_head');
  let head = before!;
  const rows: AuditRow[] = [];
  for (const entry of entries) {
    const row = follow(head, entry);
    rows.push(row);
    head = { seq: row.seq, hash: row.hash };
  }
  if (rows.length === 0) return head;
  await insertRows(tx, AUDIT, rows);
  await tx.run('update audit_head set seq = ?, hash = ?', [head.seq, head.hash]);
  return head;
}
