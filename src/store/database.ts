import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { Connection, type SqlRow, type SqlValue, type Written } from './connection.ts';
import { databaseError } from './database-error.ts';
import { applyMigrations, pendingMigrations } from './migrations.ts';
import { claimOwnership, type OwnerClaim } from './owner-claim.ts';

/** What can be asked. */
export interface Reader {
  all<Row = SqlRow>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
}

/** What can be asked and written until the work of the transaction ends. */
export interface Transaction extends Reader {
  run(sql: string, parameters?: readonly SqlValue[]): Promise<Written>;
}

/** Reads see what is committed; they do not wait for transactions. */
export interface Database extends Reader {
  readonly file: string;
  /** Names of the migrations that opening applied. */
  readonly appliedMigrations: readonly string[];
  /**
   * Runs `work` alone, after the transactions before it; what it wrote is durable when the promise resolves, and
   * gone when it rejects. `work` must not start and await another transaction: it would wait for itself.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Waits for the transactions that were begun. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly file: string;
  /**
   * `owner`: the node, or `migrate`; one process at a time, brings the tables up to date. `guest`: a command that writes
   * beside a running node. `reader`: changes nothing. Default `owner`.
   */
  readonly access?: 'owner' | 'guest' | 'reader';
  /** How long to wait for the lock of another process, milliseconds. Default 5000. */
  readonly busyTimeoutMs?: number;
  /** Where the numbered migrations are. Default: those of this version. */
  readonly migrations?: URL;
}

const DEFAULT_BUSY_TIMEOUT_MS = 5000;
/** FULL: a commit is on the disk when it returns (PRAGMA synchronous; WAL alone would lose the last ones). */
const PRAGMAS = `pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;
  pragma cache_size = -16000; pragma journal_size_limit = 67108864`;

async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run('begin immediate');
  try {
    const result = await work();
    await connection.run('commit');
    return result;
  } catch (error) {
    // SQLite itself has already rolled back after some errors (a full disk): then there is nothing left to undo.
    await connection.run('rollback').catch(() => undefined);
    throw error;
  }
}

async function refuseOutdated(connection: Connection, options: DatabaseOptions): Promise<void> {
  const pending = await pendingMigrations(connection, options.migrations);
  if (pending.length === 0) return;
  const message = `The database is not up to date (${pending.join(', ')}): start the node or run "cmr-node migrate"`;
  throw new NodeError('database-failed', message, { subject: { file: connection.file } });
}

/** Gives each transaction its own handle, so that one kept beyond its end cannot write into the next. */
async function runWork<T>(connection: Connection, work: (tx: Transaction) => Promise<T>): Promise<T> {
  let open = true;
  function live(): Connection {
    if (open) return connection;
    throw new NodeError('database-failed', 'A transaction was used after its end', {
      subject: { file: connection.file },
    });
  }
  try {
    return await inTransaction(connection, () =>
      work({
        all: async (sql, parameters) => live().all(sql, parameters),
        run: async (sql, parameters) => live().run(sql, parameters),
      }),
    );
  } finally {
    open = false;
  }
}

interface Parts {
  readonly file: string;
  readonly writer?: Connection;
  readonly reader: Connection;
  readonly claim?: OwnerClaim;
  readonly appliedMigrations: readonly string[];
}

function assemble({ file, writer, reader, claim, appliedMigrations }: Parts): Database {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    file,
    appliedMigrations,
    all: (sql, parameters) => reader.all(sql, parameters),
    transaction(work) {
      if (closed || writer === undefined) {
        const message = closed ? 'The database is closed' : 'The database was opened for reading only';
        return Promise.reject(new NodeError('database-failed', message, { subject: { file } }));
      }
      const result = last.then(() => runWork(writer, work));
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      if (closed) return;
      closed = true;
      await last;
      // One after the other: where both are the last but one, neither folds the log (-wal) into the database.
      const endings = [
        ...(await Promise.allSettled([reader.close()])),
        ...(await Promise.allSettled([writer?.close()])),
      ];
      await claim?.release();
      for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
    },
  };
}

async function openWritable(options: DatabaseOptions, busyTimeoutMs: number, claim?: OwnerClaim): Promise<Database> {
  const { file } = options;
  const writer = await Connection.open({ file, access: claim === undefined ? 'write' : 'create', busyTimeoutMs });
  try {
    // Refuses strangers before anything is changed: WAL is a property of the file.
    await pendingMigrations(writer, options.migrations);
    await writer.script(PRAGMAS);
    let appliedMigrations: readonly string[] = [];
    if (claim === undefined) await refuseOutdated(writer, options);
    else appliedMigrations = await inTransaction(writer, () => applyMigrations(writer, options.migrations));
    const reader = await Connection.open({ file, access: 'read', busyTimeoutMs });
    return assemble({ file, writer, reader, appliedMigrations, ...(claim === undefined ? {} : { claim }) });
  } catch (error) {
    await writer.close();
    throw error;
  }
}

async function openReadOnly(options: DatabaseOptions, busyTimeoutMs: number): Promise<Database> {
  const { file } = options;
  const reader = await Connection.open({ file, access: 'read', busyTimeoutMs });
  try {
    await refuseOutdated(reader, options);
    return assemble({ file, reader, appliedMigrations: [] });
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function openOwned(options: DatabaseOptions, busyTimeoutMs: number): Promise<Database> {
  await mkdir(dirname(options.file), { recursive: true });
  const claim = await claimOwnership(options.file);
  try {
    return await openWritable(options, busyTimeoutMs, claim);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/**
 * Opens the database of a node.
 * @throws NodeError database-failed (locked, in use, damaged, not ours, not up to date), database-newer, storage-full
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { access = 'owner', busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS } = options;
  try {
    if (access === 'owner') return await openOwned(options, busyTimeoutMs);
    if (access === 'reader') return await openReadOnly(options, busyTimeoutMs);
    return await openWritable(options, busyTimeoutMs);
  } catch (error) {
    throw databaseError(error, options.file);
  }
}
