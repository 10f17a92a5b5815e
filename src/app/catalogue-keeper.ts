import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import {
  type CatalogueEntry,
  type CatalogueProgress,
  catalogueProgress,
  putInCatalogue,
  returnedAreCatalogued,
  setCatalogueProgress,
  takeFromCatalogue,
} from '../store/catalogue.ts';
import { instancesByIds } from '../store/instances.ts';
import {
  type CataloguedRecord,
  cataloguedAfter,
  type RetainedRecord,
  returnedRecords,
  uncatalogued,
} from '../store/retained.ts';
import { catalogueEntry } from './catalogue-entry.ts';
import type { NodeContext } from './node-context.ts';
import { openRetained } from './retained-file.ts';

/** How many instances are read and put into the catalogue in one transaction. */
const BATCH = 200;
/** What arrives in a burst is catalogued together. */
const COLLECT_MS = 250;
const RETRY_MS = 5000;
/** How many entries are looked at in one go, when it is checked whether they are still there. */
const CHECKED_AT_ONCE = 1000;

type KeeperContext = Pick<NodeContext, 'db' | 'dataDir' | 'log'>;

/**
 * Keeps the catalogue of what is retained: behind the way of the instances, which never waits for it. What is on record
 * and not in the catalogue is read from its file, whether it came just now, while the node was down, or before there
 * was a catalogue.
 */
export class CatalogueKeeper {
  readonly #context: KeeperContext;
  readonly #admitted: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<boolean> | undefined;
  #checking: Promise<void> | undefined;
  #wanted = false;
  #missing: CataloguedRecord[] = [];
  #closed = false;

  /** @param admitted resolves when what is in the spool now is on record */
  constructor(context: KeeperContext, admitted: () => Promise<void> = async () => {}) {
    this.#context = context;
    this.#admitted = admitted;
  }

  /** Something was put on record. */
  wake(): void {
    if (!this.#closed) this.#timer ??= setTimeout(() => void this.#start(), COLLECT_MS);
  }

  /** False where not all that has arrived could be catalogued in this time. */
  upToDate(withinMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), withinMs);
    });
    const done = this.#admitted().then(() => this.#start());
    return Promise.race([done, late]).finally(() => clearTimeout(timer));
  }

  /** Drops what somebody removed while the node was down. */
  dropMissing(): Promise<void> {
    this.#checking = this.#check();
    return this.#checking;
  }

  async #check(): Promise<void> {
    try {
      for (let after = 0; !this.#closed; ) {
        const page = await cataloguedAfter(this.#context.db, after, CHECKED_AT_ONCE);
        for (const record of page) {
          if (this.#closed) return;
          if (!(await this.#isRetained(record))) this.drop(record);
        }
        if (page.length < CHECKED_AT_ONCE) return;
        after = page.at(-1)!.entryId;
      }
    } catch (error) {
      this.#context.log.warn('catalogue-not-checked', { cause: messageOf(error) });
    }
  }

  /** This is not retained any more: the next search does not find it. */
  drop(record: CataloguedRecord): void {
    this.#missing.push(record);
    this.wake();
  }

  /** Ends after the batch at work. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
    await this.#checking;
  }

  /** Resolves with true when everything that is on record now is in the catalogue. */
  #start(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = true;
    this.#working ??= this.#work();
    return this.#working;
  }

  async #work(): Promise<boolean> {
    try {
      while (this.#wanted && !this.#closed) {
        this.#wanted = false;
        await this.#dropMissing();
        while (!this.#closed && (await this.#catalogueBatch()));
        while (!this.#closed && (await this.#catalogueReturned()));
      }
      return !this.#closed;
    } catch (error) {
      this.#context.log.warn('catalogue-not-kept', { cause: messageOf(error) });
      if (!this.#closed) this.#timer ??= setTimeout(() => void this.#start(), RETRY_MS);
      return false;
    } finally {
      // In the same breath as the last look: who starts after it begins anew.
      this.#working = undefined;
    }
  }

  async #dropMissing(): Promise<void> {
    const missing = [...this.#missing];
    if (missing.length === 0) return;
    await this.#context.db.transaction((tx) => takeFromCatalogue(tx, missing));
    this.#missing = this.#missing.slice(missing.length);
    this.#context.log.info('catalogue-entries-dropped', { instances: missing.length });
  }

  /** False where there was nothing left. */
  async #catalogueBatch(): Promise<boolean> {
    const { db } = this.#context;
    const before = await catalogueProgress(db);
    const { received, derived } = await uncatalogued(db, before, BATCH);
    if (received.length === 0 && derived.length === 0) return false;
    const entries = await this.#entriesOf([...received, ...derived]);
    const progress: CatalogueProgress = {
      instanceId: received.at(-1)?.instanceId ?? before.instanceId,
      resultId: derived.at(-1)?.resultId ?? before.resultId,
    };
    await db.transaction(async (tx) => {
      await putInCatalogue(tx, entries);
      await setCatalogueProgress(tx, progress);
    });
    return true;
  }

  /** What came back after it was removed. False where there was nothing left. */
  async #catalogueReturned(): Promise<boolean> {
    const { db } = this.#context;
    const { instanceIds, records } = await returnedRecords(db, BATCH);
    if (instanceIds.length === 0) return false;
    const entries = await this.#entriesOf(records);
    await db.transaction(async (tx) => {
      await putInCatalogue(tx, entries);
      await returnedAreCatalogued(tx, instanceIds);
    });
    return true;
  }

  async #entriesOf(records: readonly RetainedRecord[]): Promise<readonly CatalogueEntry[]> {
    const entries: CatalogueEntry[] = [];
    for (const record of records) {
      const entry = await this.#entryOf(record);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** Undefined for what is not retained, and for what no address could name: its study or series is not known. */
  async #entryOf(record: RetainedRecord): Promise<CatalogueEntry | undefined> {
    if (record.studyInstanceUid === '' || record.seriesInstanceUid === '') return undefined;
    try {
      const file = await openRetained(record, this.#context);
      return file && (await catalogueEntry(record, file).finally(() => file.close()));
    } catch (error) {
      const { sopInstanceUid } = record;
      this.#context.log.warn('instance-not-catalogued', { sopInstanceUid, cause: messageOf(error) });
      return undefined;
    }
  }

  async #isRetained(record: CataloguedRecord): Promise<boolean> {
    const { db, dataDir } = this.#context;
    if (await exists(join(dataDir, record.file))) return true;
    if (record.resultId === null) return false;
    const [source] = await instancesByIds(db, [record.instanceId]);
    return source !== undefined && exists(join(dataDir, source.file));
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
