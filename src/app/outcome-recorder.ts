import { type AuditEntry, appendAudit } from '../store/audit.ts';
import { type AttemptOutcome, recordOutcomes } from '../store/delivery-attempts.ts';
import type { DeliveryRecord } from '../store/outbox.ts';
import type { NodeContext } from './node-context.ts';

/** How long outcomes wait for others, so that one transaction records many. */
const RECORD_EVERY_MS = 20;

/** One try of one delivery, and how it ended. */
export interface Tried {
  readonly delivery: DeliveryRecord;
  readonly attempt: AttemptOutcome;
}

/** Puts outcomes on record in small groups as they come, so that a crash repeats little. */
export class OutcomeRecorder {
  readonly #context: Pick<NodeContext, 'db' | 'log'>;
  #waiting: Tried[] = [];
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(context: Pick<NodeContext, 'db' | 'log'>) {
    this.#context = context;
  }

  add(tried: Tried): void {
    this.#waiting.push(tried);
    this.#timer ??= setTimeout(() => this.#write(), RECORD_EVERY_MS);
  }

  /** @throws NodeError database-failed, storage-full: some outcomes are not on record */
  async finish(): Promise<void> {
    this.#write();
    await this.#written;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    this.#written = this.#written.then(() => this.#record(batch));
    // The rejection is met in finish(); until then it must not end the process.
    this.#written.catch(() => undefined);
  }

  async #record(batch: readonly Tried[]): Promise<void> {
    await this.#context.db.transaction(async (tx) => {
      await recordOutcomes(
        tx,
        batch.map(({ attempt }) => attempt),
      );
      await appendAudit(tx, batch.flatMap(entriesOf));
    });
    for (const { delivery, attempt } of batch) {
      if (attempt.outcome !== 'dead') continue;
      const { destination, sopInstanceUid } = delivery;
      const { cause, reason } = attempt;
      const attempts = delivery.attempts + 1;
      this.#context.log.error('delivery-given-up', {
        alert: true,
        destination,
        sopInstanceUid,
        cause,
        reason,
        attempts,
      });
    }
  }
}

/** Of one instance and destination the first failure, and the end of it. */
function entriesOf({ delivery, attempt }: Tried): AuditEntry[] {
  if (attempt.outcome === 'delivered') return [];
  const entry = (event: string): AuditEntry => ({
    at: attempt.at,
    event,
    actor: 'node',
    subject: { sopInstanceUid: delivery.sopInstanceUid },
    detail: { destination: delivery.destination, cause: attempt.cause, reason: attempt.reason },
  });
  return [
    ...(delivery.attempts === 0 ? [entry('delivery-failed')] : []),
    ...(attempt.outcome === 'dead' ? [entry('delivery-given-up')] : []),
  ];
}
