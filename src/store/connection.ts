import sqlite3 from 'sqlite3';
import { NodeError } from '../core/errors.ts';
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

const OPEN_MODES = {
  read: sqlite3.OPEN_READONLY,
  write: sqlite3.OPEN_READWRITE,
  create: sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE,
};

type Settle<T> = (error: Error | null, value: T) => void;

/** One SQLite connection in promises. Statements are prepared once and kept; all errors are NodeErrors. */
export class Connection {
  readonly file: string;
  readonly #handle: sqlite3.Database;
  readonly #statements = new Map<string, Promise<sqlite3.Statement>>();
  #closed = false;

  private constructor(file: string, handle: sqlite3.Database) {
    this.file = file;
    this.#handle = handle;
  }

  static async open({ file, access, busyTimeoutMs }: ConnectionOptions): Promise<Connection> {
    const handle = await new Promise<sqlite3.Database>((resolve, reject) => {
      const opened = new sqlite3.Database(file, OPEN_MODES[access] | sqlite3.OPEN_FULLMUTEX, (error) =>
        error === null ? resolve(opened) : reject(databaseError(error, file)),
      );
    });
    handle.configure('busyTimeout', busyTimeoutMs);
    // What is written takes effect in the order in which it was asked for, awaited or not.
    if (access !== 'read') handle.serialize();
    return new Connection(file, handle);
  }

  /** All rows. (The package's `get` would leave the statement, and with it the read transaction, open.) */
  async all<Row = SqlRow>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    const statement = await this.#prepared(sql);
    return this.#call<Row[]>((settle) => statement.all([...parameters], settle));
  }

  async run(sql: string, parameters: readonly SqlValue[] = []): Promise<Written> {
    const statement = await this.#prepared(sql);
    return this.#call<Written>((settle) =>
      statement.run([...parameters], function (this: sqlite3.RunResult, error: Error | null) {
        settle(error, { changes: this.changes, lastId: this.lastID });
      }),
    );
  }

  /** Several statements without parameters. */
  script(sql: string): Promise<void> {
    return this.#call((settle) => this.#handle.exec(sql, (error) => settle(error, undefined)));
  }

  /** What runs at this moment fails. */
  interrupt(): void {
    this.#handle.interrupt();
  }

  /** Waits for what was asked before. */
  async close(): Promise<void> {
    this.#closed = true;
    const statements = await Promise.allSettled(this.#statements.values());
    for (const statement of statements) if (statement.status === 'fulfilled') statement.value.finalize();
    await this.#call<void>((settle) => this.#handle.close((error) => settle(error, undefined)));
  }

  #prepared(sql: string): Promise<sqlite3.Statement> {
    if (this.#closed) {
      const options = { subject: { file: this.file } };
      return Promise.reject(new NodeError('database-failed', 'The database is closed', options));
    }
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#call<sqlite3.Statement>((settle) => {
      const statement = this.#handle.prepare(sql, (error: Error | null) => settle(error, statement));
    });
    this.#statements.set(sql, prepared);
    prepared.catch(() => this.#statements.delete(sql));
    return prepared;
  }

  /** Runs one call of the package and names the file in whatever goes wrong. */
  #call<T>(start: (settle: Settle<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      start((error, value) => (error === null ? resolve(value) : reject(databaseError(error, this.file))));
    });
  }
}
