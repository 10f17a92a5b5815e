import { messageOf, NodeError } from '../core/errors.ts';

/** Plain words for the primary result codes of SQLite that an operator can do something about. */
const PLAIN_WORDS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'The database is locked by another process',
  SQLITE_LOCKED: 'The database is locked by another process',
  SQLITE_NOTADB: 'The file is not a database of this product',
  SQLITE_CORRUPT: 'The database is damaged: restore it from a backup',
  SQLITE_CANTOPEN: 'The database cannot be opened: check that its folder exists and may be written',
  SQLITE_READONLY: 'The database may not be written: check the permissions of the file and its folder',
  SQLITE_PERM: 'The database may not be read: check the permissions of the file and its folder',
  SQLITE_IOERR: 'The disk failed while the database was read or written',
};

/** SQLite reports its primary result code as `code`; its messages name tables and columns, never values. */
function resultCodeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

/** Whether an error says that another process holds the lock. */
export function isLocked(thrown: unknown): boolean {
  const code = resultCodeOf(thrown instanceof NodeError ? thrown.cause : thrown);
  return code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED';
}

/** What SQLite threw, as an error of this product. */
export function databaseError(thrown: unknown, file: string): NodeError {
  if (thrown instanceof NodeError) return thrown;
  const code = resultCodeOf(thrown);
  const options = { subject: { file }, cause: thrown };
  if (code === 'SQLITE_CONSTRAINT' && messageOf(thrown).includes('removed by retention')) {
    return new NodeError('conflict', 'what was received is no longer on the disk: retention removed it', options);
  }
  if (code === 'SQLITE_FULL') {
    return new NodeError('storage-full', 'The disk is full: the database cannot be written', options);
  }
  return new NodeError('database-failed', PLAIN_WORDS[code] ?? `The database failed: ${messageOf(thrown)}`, options);
}
