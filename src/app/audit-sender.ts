import type { AuditedEvent, AuditReporter } from '../core/audit-messages/audited-event.ts';
import { messagesOfEvent } from '../core/audit-messages/messages-of-event.ts';
import { messageOf } from '../core/errors.ts';
import type { AuditRow } from '../store/audit.ts';
import { auditToSend, auditUnsent, markAuditSent } from '../store/audit-messages-sent.ts';
import type { NodeContext } from './node-context.ts';
import type { AuditRepository } from './ports.ts';

/** How many entries go at once: what is in memory while the rest waits in the audit trail itself. */
const ENTRIES_AT_ONCE = 200;
/** Commands beside the node write into the audit trail, too. */
const LOOK_EVERY_MS = 2000;
const FIRST_RETRY_MS = 5000;
const MAX_RETRY_MS = 300_000;

export interface AuditSenderOptions {
  readonly repository: AuditRepository;
  readonly reporter: AuditReporter;
  /** Default 5 s, doubling up to 5 min. */
  readonly firstRetryMs?: number;
}

/**
 * Sends the audit trail, entry by entry in its order, to the audit record repository of the site. What was taken is
 * noted after it was taken: an entry can come twice, and none is left out. It runs beside everything else, and nobody
 * waits for it.
 */
export class AuditSender {
  /** Among what is watched. */
  readonly name = 'audit messages';
  readonly #context: Pick<NodeContext, 'db' | 'log'>;
  readonly #options: AuditSenderOptions;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void>;
  #failures = 0;
  #problem: string | undefined;
  #closed = false;

  constructor(context: Pick<NodeContext, 'db' | 'log'>, options: AuditSenderOptions) {
    this.#context = context;
    this.#options = options;
    this.#underWay = this.#round();
  }

  /** Plain words while nothing can be sent. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Sends what there is, unless the repository does not take anything at the moment. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#underWay;
    if (this.#problem === undefined) await this.#round();
  }

  async #round(): Promise<void> {
    try {
      while (await this.#sendSome());
      if (this.#problem !== undefined) this.#context.log.info('audit-messages-sent-again');
      this.#problem = undefined;
      this.#failures = 0;
    } catch (error) {
      await this.#failed(messageOf(error));
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#underWay = this.#round();
    }, this.#waitMs());
    this.#timer.unref();
  }

  /** @returns whether there may be more */
  async #sendSome(): Promise<boolean> {
    const { db } = this.#context;
    const { repository, reporter } = this.#options;
    const rows = await auditToSend(db, ENTRIES_AT_ONCE);
    const last = rows.at(-1);
    if (last === undefined) return false;
    await repository.send(rows.flatMap((row) => messagesOfEvent(eventOf(row), reporter)));
    await db.transaction((tx) => markAuditSent(tx, last.seq));
    return rows.length === ENTRIES_AT_ONCE && !this.#closed;
  }

  async #failed(reason: string): Promise<void> {
    const waiting = await auditUnsent(this.#context.db).catch(() => undefined);
    if (this.#failures === 0) this.#context.log.warn('audit-messages-not-sent', { reason, waiting });
    this.#problem = `${waiting ?? 'some'} entries wait: ${reason}`;
    this.#failures += 1;
  }

  #waitMs(): number {
    if (this.#failures === 0) return LOOK_EVERY_MS;
    return Math.min(
      (this.#options.firstRetryMs ?? FIRST_RETRY_MS) * 2 ** Math.min(this.#failures - 1, 10),
      MAX_RETRY_MS,
    );
  }
}

function eventOf({ seq, hash, at, event, actor, subjectJson, detailJson }: AuditRow): AuditedEvent {
  const subject = JSON.parse(subjectJson) as AuditedEvent['subject'];
  return { seq, hash, at, event, actor, subject, detail: JSON.parse(detailJson) as AuditedEvent['detail'] };
}
