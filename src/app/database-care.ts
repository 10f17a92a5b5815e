import { messageOf } from '../core/errors.ts';
import { appendAudit } from '../store/audit.ts';
import { careForDatabase } from '../store/database-care.ts';
import { isLocked } from '../store/database-error.ts';
import type { NodeContext } from './node-context.ts';

const MOST_IN_LOG = 5;

/** Looks after the database now and then, and remembers what was found. */
export class DatabaseCare {
  readonly #context: Pick<NodeContext, 'db' | 'log' | 'now'>;
  readonly #closing = new AbortController();
  #working: Promise<void> | undefined;
  #damage: string | undefined;

  constructor(context: Pick<NodeContext, 'db' | 'log' | 'now'>) {
    this.#context = context;
  }

  /** Plain words where the last look found the database damaged. */
  get damage(): string | undefined {
    return this.#damage;
  }

  /** One at a time. */
  run(): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.resolve();
    this.#working ??= this.#look()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#working = undefined;
      });
    return this.#working;
  }

  /** Does not wait for a look at a large database to end. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#working;
  }

  async #look(): Promise<void> {
    const { db, log, now } = this.#context;
    const { findings, bytes, freeBytes } = await careForDatabase(db.file, this.#closing.signal);
    const at = now();
    const isWhole = findings.length === 0;
    this.#damage = isWhole ? undefined : damageOf(at);
    if (isWhole) log.info('database-checked', { bytes, freeBytes });
    else log.error('database-damaged', { alert: true, findings: findings.slice(0, MOST_IN_LOG) });
    const detail = { isWhole, findings: findings.length, bytes, freeBytes };
    const entry = { at, event: 'database-checked', actor: 'node', subject: {}, detail };
    await db.transaction((tx) => appendAudit(tx, [entry]));
  }

  #failed(error: unknown): void {
    const { log, now } = this.#context;
    if (this.#closing.signal.aborted) return;
    // What cannot even be read through is no less than damaged.
    if (!isLocked(error)) this.#damage = damageOf(now());
    log.error('database-not-checked', { cause: messageOf(error) });
  }
}

function damageOf(at: number): string {
  return `the check of ${new Date(at).toISOString()} found it damaged: restore it from a backup`;
}
