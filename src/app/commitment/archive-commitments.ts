import { randomUUID } from 'node:crypto';
import { messageOf, NodeError } from '../../core/errors.ts';
import { appendAudit } from '../../store/audit.ts';
import {
  commitmentsOfTransaction,
  confirmDeliveries,
  isAnsweredCommitment,
  openCommitment,
  postponeCommitment,
  redeliverUncommitted,
  setCommitmentDestinations,
} from '../../store/commitments.ts';
import type { NodeContext } from '../node-context.ts';
import type { CommitmentReport, CommitmentRequest, TakeReport } from '../ports.ts';
import { failureInWords } from './failure-words.ts';

/** Instances in one request at most: archives look them up one by one, and some within a time. */
const GREATEST_REQUEST = 500;
const FIRST_RETRY_MS = 10_000;

/** An archive that can be asked to commit to what it took. */
export interface CommittingArchive {
  /** Of the destination. */
  readonly name: string;
  /** How long deliveries are gathered into one request. */
  readonly groupSeconds: number;
  /** Without an answer for so long it is asked again. */
  readonly answerMinutes: number;
  /** @throws NodeError destination-unreachable, destination-refused, destination-failed */
  ask(request: CommitmentRequest, takeReport: TakeReport): Promise<void>;
}

type CommitmentContext = Pick<NodeContext, 'db' | 'log' | 'now'>;

export interface ArchiveCommitmentsOptions {
  readonly archives: readonly CommittingArchive[];
  /** Something is to be delivered again. */
  readonly onRedelivery: () => void;
}

/**
 * Asks archives to commit to what they took (PS3.4 annex J), and takes their answers. A request is on record before it is
 * made, so that an answer is never too early and a restart loses none.
 */
export class ArchiveCommitments {
  readonly #options: ArchiveCommitmentsOptions;
  readonly #context: CommitmentContext;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;

  private constructor(options: ArchiveCommitmentsOptions, context: CommitmentContext) {
    this.#options = options;
    this.#context = context;
  }

  /** From when this resolves, commitment is owed for every delivery to these archives. @throws NodeError database-failed */
  static async start(options: ArchiveCommitmentsOptions, context: CommitmentContext): Promise<ArchiveCommitments> {
    const names = options.archives.map(({ name }) => name);
    await context.db.transaction((tx) => setCommitmentDestinations(tx, names));
    const started = new ArchiveCommitments(options, context);
    for (const archive of options.archives) started.#later(archive);
    return started;
  }

  /** Ends after the requests under way. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#underWay);
  }

  /** @throws NodeError not-found (it answers nothing that is open), database-failed */
  async takeReport(report: CommitmentReport): Promise<void> {
    const { db, log, now } = this.#context;
    const { transactionUid } = report;
    const failed = await db.transaction(async (tx) => {
      const open = await commitmentsOfTransaction(tx, transactionUid);
      if (open.length === 0 && (await isAnsweredCommitment(tx, transactionUid))) return 0;
      const [{ destination } = { destination: '' }] = open;
      const answerMs = this.#answerMs(destination);
      if (answerMs === undefined) throw new NodeError('not-found', 'a storage commitment that nobody asked for');
      const reasons = new Map(report.failed.map(({ sopInstanceUid, reason }) => [sopInstanceUid, reason]));
      const committed = new Set(report.committed.map(({ sopInstanceUid }) => sopInstanceUid));
      const at = now();
      const uncommitted = open.flatMap(({ deliveryId, sopInstanceUid }) => {
        const reason = reasons.get(sopInstanceUid);
        if (reason === undefined) return [];
        return [{ deliveryId, sopInstanceUid, reason: `${destination} did not commit: ${failureInWords(reason)}` }];
      });
      const confirmed = open.filter(
        ({ sopInstanceUid }) => committed.has(sopInstanceUid) && !reasons.has(sopInstanceUid),
      );
      const ids = confirmed.map(({ deliveryId }) => deliveryId);
      await confirmDeliveries(tx, ids, at);
      await redeliverUncommitted(tx, uncommitted, { at, answerMs });
      const detail = { destination, instances: ids.length, failed: uncommitted.length };
      await appendAudit(tx, [
        { at, event: 'storage-commitment-answered', actor: 'node', subject: { transactionUid }, detail },
        ...uncommitted.map(({ sopInstanceUid, reason }) => ({
          at,
          event: 'storage-not-committed',
          actor: 'node',
          subject: { sopInstanceUid },
          detail: { destination, reason },
        })),
      ]);
      return uncommitted.length;
    });
    log.info('storage-commitment-answered', { transactionUid, committed: report.committed.length, failed });
    if (failed > 0) this.#options.onRedelivery();
  }

  #answerMs(destination: string): number | undefined {
    const archive = this.#options.archives.find(({ name }) => name === destination);
    return archive && archive.answerMinutes * 60_000;
  }

  #later(archive: CommittingArchive): void {
    if (this.#closed) return;
    const look = (): void => {
      const asking = this.#askAll(archive).finally(() => {
        this.#underWay.delete(asking);
        this.#later(archive);
      });
      this.#underWay.add(asking);
    };
    this.#timers.set(archive.name, setTimeout(look, archive.groupSeconds * 1000));
  }

  async #askAll(archive: CommittingArchive): Promise<void> {
    try {
      while (!this.#closed && (await this.#askOnce(archive)) === GREATEST_REQUEST) {
        // There may be more.
      }
    } catch (error) {
      this.#context.log.error('storage-commitment-failed', { destination: archive.name, reason: messageOf(error) });
    }
  }

  /** How many it was asked for. */
  async #askOnce(archive: CommittingArchive): Promise<number> {
    const { db, log, now } = this.#context;
    const { name: destination } = archive;
    const transactionUid = `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
    const answerMs = archive.answerMinutes * 60_000;
    const opening = { destination, transactionUid, now: now(), limit: GREATEST_REQUEST, answerMs };
    const asked = await db.transaction((tx) => openCommitment(tx, opening));
    if (asked.length === 0) return 0;
    // Several versions of an instance are one to the archive.
    const instances = [...new Map(asked.map((one) => [one.sopInstanceUid, one])).values()];
    try {
      await archive.ask({ transactionUid, instances }, (report) => this.takeReport(report));
      this.#failures.delete(destination);
      log.info('storage-commitment-asked', { destination, transactionUid, instances: instances.length });
      return asked.length;
    } catch (error) {
      const failures = this.#failures.get(destination) ?? 0;
      this.#failures.set(destination, failures + 1);
      const reason = error instanceof NodeError ? error.words : messageOf(error);
      log.warn('storage-commitment-not-asked', { destination, transactionUid, reason });
      const dueAt = now() + Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 16), answerMs);
      await db.transaction((tx) => postponeCommitment(tx, { transactionUid, dueAt, reason }));
      return 0;
    }
  }
}
