import sqlite3 from 'sqlite3';
import { databaseError } from './database-error.ts';

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** What an insert, update or delete did. */
export interface Written {
  readonly changes: number;
  /** Id of the last row that was inserted. */
  readonly lastId: number;
}

export interface ConnectionOptions {
  readonly file: string;
  /** `create` also makes the file where there is none. */
  readonly access: 'read' | 'write' | 'create';
  /** How long a statement waits for the lock of another process. */
  readonly busyTimeoutMs: number;
}

/** One SQLite connection in promises. Statements are prepared once and kept; all errors are NodeErrors. */
export interface Connection {
  readonly file: string;
  /** All rows. (The package's `get` would leave the statement, and with it the read transaction, open.) */
  all<Row = SqlRow>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  run(sql: string, parameters?: readonly SqlValue[]): Promise<Written>;
  /** Several statements without parameters. */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

const OPEN_MODES = {
  read: sqlite3.OPEN_READONLY,
  write: sqlite3.OPEN_READWRITE,
  create: sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE,
};

function openHandle({ file, access }: ConnectionOptions): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const handle = new sqlite3.Database(file, OPEN_MODES[access] | sqlite3.OPEN_FULLMUTEX, (error) =>
      error === null ? resolve(handle) : reject(databaseError(error, file)),
    );
  });
}

function prepare(handle: sqlite3.Database, sql: string): Promise<sqlite3.Statement> {
  return new Promise((resolve, reject) => {
    const statement = handle.prepare(sql, (error: Error | null) =>
      error === null ? resolve(statement) : reject(error),
    );
  });
}

function finalize(statement: sqlite3.Statement): Promise<void> {
  return new Promise((resolve) => {
    statement.finalize(() => resolve());
  });
}

export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { file } = options;
  const handle = await openHandle(options);
  handle.configure('busyTimeout', options.busyTimeoutMs);
  const statements = new Map<string, Promise<sqlite3.Statement>>();

  /** Runs one call of the package and names the file in whatever goes wrong. */
  function call<T>(start: (settle: (error: Error | null, value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      start((error, value) => (error === null ? resolve(value) : reject(databaseError(error, file))));
    });
  }

  async function prepared(sql: string): Promise<sqlite3.Statement> {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = prepare(handle, sql);
      statements.set(sql, statement);
    }
    try {
      return await statement;
    } catch (error) {
      statements.delete(sql);
      throw databaseError(error, file);
    }
  }

  return {
    file,
    async all<Row>(sql: string, parameters: readonly SqlValue[] = []) {
      const statement = await prepared(sql);
      return call<Row[]>((settle) => statement.all([...parameters], settle));
    },
    async run(sql, parameters = []) {
      const statement = await prepared(sql);
      return call<Written>((settle) =>
        statement.run([...parameters], function (this: sqlite3.RunResult, error: Error | null) {
          settle(error, { changes: this.changes, lastId: this.lastID });
        }),
      );
    },
    script: (sql) => call<void>((settle) => handle.exec(sql, (error) => settle(error, undefined))),
    async close() {
      const open = await Promise.allSettled(statements.values());
      statements.clear();
      await Promise.all(open.map((one) => (one.status === 'fulfilled' ? finalize(one.value) : undefined)));
      await call<void>((settle) => handle.close((error) => settle(error, undefined)));
    },
  };
}
