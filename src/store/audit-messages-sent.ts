import { type AuditRow, SELECT_AUDIT } from './audit.ts';
import type { Reader, Transaction } from './database.ts';

/** Up to which entry of the audit trail messages were sent; 0 before the first. */
export async function auditSentUpTo(reader: Reader): Promise<number> {
  const [row] = await reader.all<{ seq: number }>('select seq from audit_messages_sent');
  return row!.seq;
}

/** Entries of which no message was sent yet, oldest first. */
export async function auditToSend(reader: Reader, limit: number): Promise<readonly AuditRow[]> {
  return reader.all<AuditRow>(
    `${SELECT_AUDIT} where seq > (select seq from audit_messages_sent) order by seq limit ?`,
    [limit],
  );
}

/** How many entries wait to be sent. */
export async function auditUnsent(reader: Reader): Promise<number> {
  const [row] = await reader.all<{ waiting: number }>(
    'select (select seq from audit_head) - (select seq from audit_messages_sent) as waiting',
  );
  return row!.waiting;
}

export async function markAuditSent(tx: Transaction, seq: number): Promise<void> {
  await tx.run('update audit_messages_sent set seq = ?', [seq]);
}
