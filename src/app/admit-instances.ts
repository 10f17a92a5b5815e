import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Flag } from '../core/decision/flags.ts';
import { messageOf } from '../core/errors.ts';
import { sequenceKind } from '../core/series/kind-rules.ts';
import type { KeptInstance } from '../spool/instance-spool.ts';
import { type AuditEntry, appendAudit } from '../store/audit.ts';
import type { Transaction } from '../store/database.ts';
import { findVersions, type InstanceRecord, insertInstances, type NewInstance } from '../store/instances.ts';
import { reopenDeliveries } from '../store/outbox.ts';
import { returnFile } from '../store/removed-files.ts';
import { addSeriesFlags, recordArrivals, type SeriesRecord } from '../store/series.ts';
import type { NodeContext } from './node-context.ts';
import { samePlace } from './series-of-instances.ts';
import { headerOf } from './stored-instance.ts';

/** How many instances are put on record in one transaction. */
const BATCH = 64;
const RETRY_MS = 1000;

export interface Admitted {
  readonly record: InstanceRecord;
  readonly series: SeriesRecord;
}

/** What a repeat of a SOP Instance UID is. */
type Arrival =
  | { readonly type: 'new'; readonly flags: readonly Flag[] }
  | { readonly type: 'repeat'; readonly of: InstanceRecord }
  /** This very file is on record already, and was perhaps not told to anybody. */
  | { readonly type: 'on-record'; readonly record: InstanceRecord }
  | { readonly type: 'done' };

/**
 * Puts kept instances on record, one batch after the other and in order of arrival, and tells repeats from new
 * versions. What is kept is safe already: where the database does not answer, this waits and tries again.
 */
export class Admission {
  readonly #context: NodeContext;
  readonly #spoolFolder: string;
  readonly #onAdmitted: (admitted: readonly Admitted[]) => void;
  readonly #onRepeated: () => void;
  #waiting: KeptInstance[] = [];
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(
    context: NodeContext,
    options: {
      readonly spoolFolder: string;
      readonly onAdmitted: (admitted: readonly Admitted[]) => void;
      /** Recorded results were queued again. */
      readonly onRepeated: () => void;
    },
  ) {
    this.#context = context;
    this.#spoolFolder = options.spoolFolder;
    this.#onAdmitted = options.onAdmitted;
    this.#onRepeated = options.onRepeated;
  }

  push(kept: KeptInstance): void {
    this.#waiting.push(kept);
    this.#working ??= this.#work();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when everything that was pushed is on record. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  /** Stops after the batch at work; the rest is found in the spool at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    // Not on the caller's stack, and so that what is pushed in one go is one batch.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#closed) {
      const batch = this.#nextBatch();
      try {
        await this.#admit(batch);
        this.#waiting = this.#waiting.slice(batch.length);
      } catch (error) {
        this.#context.log.error('instances-not-recorded', { count: batch.length, cause: messageOf(error) });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    // In the same breath as the last look at what waits: a push after it finds nobody at work and begins anew.
    this.#working = undefined;
  }

  /** Versions of one SOP Instance UID are told apart against what is on record, so a batch holds each UID once. */
  #nextBatch(): readonly KeptInstance[] {
    const uids = new Set<string>();
    for (const { header } of this.#waiting.slice(0, BATCH)) {
      if (uids.has(header.sopInstanceUid)) break;
      uids.add(header.sopInstanceUid);
    }
    return this.#waiting.slice(0, uids.size);
  }

  async #admit(batch: readonly KeptInstance[]): Promise<void> {
    const { db, dataDir, now } = this.#context;
    const at = now();
    const { admitted, repeats, repeated } = await db.transaction((tx) => this.#record(tx, batch, at));
    for (const kept of repeats) await this.#removeRepeat(join(dataDir, this.#spoolFolder, kept.file));
    if (repeated) this.#onRepeated();
    if (admitted.length > 0) this.#onAdmitted(admitted);
  }

  /** A file that stays is found at the next start, and is a repeat again. */
  async #removeRepeat(file: string): Promise<void> {
    try {
      await rm(file, { force: true });
    } catch (error) {
      this.#context.log.warn('repeat-not-removed', { cause: messageOf(error) });
    }
  }

  async #record(
    tx: Transaction,
    batch: readonly KeptInstance[],
    at: number,
  ): Promise<{
    readonly admitted: Admitted[];
    /** Whose files nobody needs. */
    readonly repeats: readonly KeptInstance[];
    readonly repeated: boolean;
  }> {
    const series = await recordArrivals(
      tx,
      batch.map(({ header, receivedAt }) => ({
        ...header,
        part: sequenceKind(header.kindHeader, this.#context.settings.kindRules).kind,
        receivedAt,
      })),
    );
    const known = await findVersions(
      tx,
      batch.map(({ header }) => header.sopInstanceUid),
    );
    const arrivals = batch.map((kept, i) => ({
      kept,
      series: series[i] as SeriesRecord,
      arrival: this.#arrivalOf(kept, known.get(kept.header.sopInstanceUid) ?? []),
    }));
    const audit: AuditEntry[] = [];
    const repeats: KeptInstance[] = [];
    for (const { arrival, kept } of arrivals) {
      if (arrival.type !== 'repeat') continue;
      if (!(await this.#isBack(tx, arrival.of, kept))) repeats.push(kept);
      await this.#repeat(tx, arrival.of, { at, audit, from: kept });
    }
    const again = arrivals.flatMap(({ arrival, series: ofSeries }) =>
      arrival.type === 'on-record' ? [{ record: arrival.record, series: ofSeries }] : [],
    );
    const fresh = arrivals.flatMap(({ kept, series: ofSeries, arrival }) =>
      arrival.type === 'new'
        ? [{ row: this.#row(kept, ofSeries.id, arrival.flags), ofSeries, flags: arrival.flags }]
        : [],
    );
    const records = await insertInstances(
      tx,
      fresh.map(({ row }) => row),
    );
    const admitted = fresh.map(({ ofSeries }, i) => ({ record: records[i] as InstanceRecord, series: ofSeries }));
    for (const [i, { flags, ofSeries }] of fresh.entries()) {
      if (flags.length === 0) continue;
      await addSeriesFlags(tx, ofSeries.id, flags);
      audit.push(this.#entry(records[i] as InstanceRecord, flags.join(','), at));
    }
    await appendAudit(tx, audit);
    return {
      admitted: [...again, ...admitted],
      repeats,
      repeated: arrivals.some(({ arrival }) => arrival.type === 'repeat'),
    };
  }

  /**
   * A batch is tried again after a failure that may have come after it was on record: then the file is the record's
   * own, and no repeat whose file could go.
   */
  #arrivalOf(kept: KeptInstance, versions: readonly InstanceRecord[]): Arrival {
    const own = versions.find(({ file }) => file === `${this.#spoolFolder}/${kept.file}`);
    if (own !== undefined) return own.state === 'undecided' ? { type: 'on-record', record: own } : { type: 'done' };
    return arrivalOf(kept, versions);
  }

  /** Where retention removed the file of the instance, this one takes its place. */
  #isBack(tx: Transaction, { id }: InstanceRecord, { file, dataSetOffset }: KeptInstance): Promise<boolean> {
    return returnFile(tx, { instanceId: id, file: `${this.#spoolFolder}/${file}`, dataSetOffset });
  }

  /**
   * The sender wants to be sure: what was decided of this instance is delivered again, what is under way goes on. But an
   * archive that sends on whatever it gets must not get the same from here again: that would never end.
   */
  async #repeat(
    tx: Transaction,
    record: InstanceRecord,
    { at, audit, from }: { at: number; audit: AuditEntry[]; from: KeptInstance },
  ): Promise<void> {
    if (record.state !== 'decided') return;
    const holders = this.#context.settings.destinationAeTitles
      .filter(({ aeTitle }) => aeTitle === from.announced.callingAeTitle)
      .map(({ destination }) => destination);
    const reopened = await reopenDeliveries(tx, { instanceIds: [record.id], at, holders });
    if (reopened === 0) return;
    audit.push(this.#entry(record, 'delivered-again', at));
  }

  #row(kept: KeptInstance, seriesId: number, flags: readonly Flag[]): NewInstance {
    const { announced, header } = kept;
    return {
      sopInstanceUid: header.sopInstanceUid,
      sopClassUid: header.sopClassUid,
      transferSyntaxUid: announced.transferSyntaxUid,
      studyInstanceUid: header.studyInstanceUid,
      seriesInstanceUid: header.seriesInstanceUid,
      frameOfReferenceUid: header.frameOfReferenceUid ?? null,
      callingAeTitle: announced.callingAeTitle,
      calledAeTitle: announced.calledAeTitle,
      via: announced.via,
      receivedAt: kept.receivedAt,
      file: `${this.#spoolFolder}/${kept.file}`,
      dataSetOffset: kept.dataSetOffset,
      dataSetLength: kept.dataSetLength,
      dataSetSha256: kept.dataSetSha256,
      pixelSha256: kept.pixelSha256,
      header,
      seriesId,
      state: 'undecided',
      flags: [...flags, ...(header.invalidAttributes.length > 0 ? (['invalid-attribute'] as const) : [])],
    };
  }

  #entry(record: InstanceRecord, event: string, at: number): AuditEntry {
    const { sopInstanceUid, seriesInstanceUid, callingAeTitle, version } = record;
    return {
      at,
      event: `instance-${event}`,
      actor: callingAeTitle || 'node',
      subject: { sopInstanceUid, seriesInstanceUid },
      detail: { version },
    };
  }
}

/** DESIGN of repeats: same bytes, same pixels with another header, or other pixels under one UID. */
function arrivalOf(kept: KeptInstance, versions: readonly InstanceRecord[]): Arrival {
  const latest = versions.at(-1);
  if (latest === undefined) return { type: 'new', flags: [] };
  const same = versions.findLast((version) => version.dataSetSha256 === kept.dataSetSha256);
  if (same !== undefined && same === latest) return { type: 'repeat', of: same };
  const samePixels = kept.pixelSha256 !== null && versions.every((version) => version.pixelSha256 === kept.pixelSha256);
  if (samePixels && samePlace(headerOf(latest), kept.header)) return { type: 'new', flags: ['new-version'] };
  return { type: 'new', flags: ['duplicate-uid'] };
}
