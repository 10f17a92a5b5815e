import { messageOf } from '../core/errors.ts';
import { type InstanceRecord, undecidedInstances } from '../store/instances.ts';
import { type SeriesRecord, seriesByIds } from '../store/series.ts';
import type { Admitted } from './admit-instances.ts';
import { decideGroup } from './decide-group.ts';
import { followDecision } from './late-instances.ts';
import type { NodeContext } from './node-context.ts';
import { groupsOf, OpenSeries, type SeriesGroup } from './open-series.ts';

/** Arrivals come in bursts: series are looked at once a burst has paused this long. */
const SETTLE_MS = 25;
/** After a failure of the database or the disk, a series waits this long before it is tried again. */
const RETRY_MS = 5000;
/** How many decided series are remembered: far more than can be decided while one batch is put on record. */
const REMEMBERED_SERIES = 10_000;
/** Timers cannot be set further ahead than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Watches series grow, and has each group decided once when its time has come. All work on series goes through one
 * line, so that a study is never decided by two at once; what arrives meanwhile waits for its turn.
 */
export class SeriesConductor {
  readonly #context: NodeContext;
  readonly #onQueued: () => void;
  readonly #open = new Map<number, OpenSeries>();
  /** Instances of series that are decided, or are being decided now. */
  readonly #late = new Map<number, { readonly series: SeriesRecord; readonly instances: InstanceRecord[] }>();
  #deciding: ReadonlySet<number> = new Set();
  /** Decided by this process: an instance on record before that may be told of after it. */
  readonly #decided = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #looksAt = Number.POSITIVE_INFINITY;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(context: NodeContext, onQueued: () => void) {
    this.#context = context;
    this.#onQueued = onQueued;
  }

  /** How many series are still arriving. */
  get openSeries(): number {
    return this.#open.size;
  }

  /** Takes up what an earlier run acknowledged and did not decide. */
  async restore(): Promise<void> {
    const records = await undecidedInstances(this.#context.db);
    const ids = [...new Set(records.map((record) => record.seriesId))];
    const series = new Map((await seriesByIds(this.#context.db, ids)).map((one) => [one.id, one]));
    this.add(records.flatMap((record) => ({ record, series: series.get(record.seriesId) as SeriesRecord })));
  }

  add(admitted: readonly Admitted[]): void {
    for (const { record, series } of admitted) {
      const follows = series.state === 'decided' || this.#deciding.has(series.id) || this.#decided.has(series.id);
      if (follows) this.#addLate(record, series);
      else this.#addOpen(record, series);
    }
    // A look that is due sooner stays: a stream of arrivals without a pause must not hold up what is complete.
    if (performance.now() + SETTLE_MS < this.#looksAt) this.#lookIn(SETTLE_MS);
  }

  /** Ends after the group at work; everything else is found again at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #addOpen(record: InstanceRecord, series: SeriesRecord): void {
    const open = this.#open.get(series.id) ?? new OpenSeries(series, this.#context.settings.kindRules);
    open.instances.push(record);
    this.#open.set(series.id, open);
  }

  #addLate(record: InstanceRecord, series: SeriesRecord): void {
    const late = this.#late.get(series.id) ?? { series, instances: [] };
    late.instances.push(record);
    this.#late.set(series.id, late);
  }

  #lookIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#working !== undefined) return;
    const wait = Math.min(Math.max(milliseconds, 0), LONGEST_TIMER_MS);
    this.#looksAt = performance.now() + wait;
    this.#timer = setTimeout(() => {
      this.#working = this.#work().finally(() => {
        this.#working = undefined;
        this.#looksAt = Number.POSITIVE_INFINITY;
        this.#lookIn(this.#nextLook());
      });
    }, wait);
  }

  /** Looks again when the next group is due, or soon where something arrived during the work. */
  #nextLook(): number {
    if (this.#late.size > 0) return this.#failed ? RETRY_MS : SETTLE_MS;
    if (this.#failed) return RETRY_MS;
    const due = Math.min(...this.#groups().map((one) => (this.#isDue(one) ? this.#context.now() : one.readiness.at)));
    if (!Number.isFinite(due)) return LONGEST_TIMER_MS;
    return Math.max(due - this.#context.now(), SETTLE_MS);
  }

  #failed = false;

  async #work(): Promise<void> {
    this.#failed = false;
    try {
      await this.#workOff();
    } catch (error) {
      this.#failed = true;
      this.#report('series-not-looked-at', undefined, error);
    }
  }

  async #workOff(): Promise<void> {
    for (const { series, instances } of [...this.#late.values()]) {
      if (this.#closed) return;
      this.#late.delete(series.id);
      await this.#follow(series, instances);
    }
    for (const group of this.#groups().filter((one) => this.#isDue(one))) {
      if (this.#closed) return;
      await this.#decide(group);
    }
  }

  /** No group is ever due later than its time budget from now, unless the clock was set back: nothing waits for that. */
  #isDue({ readiness }: SeriesGroup): boolean {
    const { now, settings } = this.#context;
    return readiness.at <= now() || readiness.at > now() + settings.series.maxWaitSeconds * 1000;
  }

  #groups(): SeriesGroup[] {
    const studies = new Map<string, OpenSeries[]>();
    for (const open of this.#open.values()) {
      const study = open.series.studyInstanceUid;
      const known = studies.get(study);
      if (known === undefined) studies.set(study, [open]);
      else known.push(open);
    }
    return [...studies.values()].flatMap((open) => groupsOf(open, this.#context.settings.series));
  }

  async #decide(group: SeriesGroup): Promise<void> {
    const ids = group.members.map(({ series }) => series.id);
    this.#deciding = new Set(ids);
    for (const id of ids) this.#open.delete(id);
    try {
      await decideGroup(group, this.#context);
      for (const id of ids) this.#remember(id);
      this.#onQueued();
    } catch (error) {
      this.#failed = true;
      this.#report('series-not-decided', group.members[0]?.series, error);
      await this.#takeBack(group);
    } finally {
      this.#deciding = new Set();
    }
  }

  #remember(id: number): void {
    this.#decided.add(id);
    const [oldest] = this.#decided;
    if (this.#decided.size > REMEMBERED_SERIES && oldest !== undefined) this.#decided.delete(oldest);
  }

  /** Some series of the group may be on record already: only the others are open again. */
  async #takeBack(group: SeriesGroup): Promise<void> {
    const ids = group.members.map(({ series }) => series.id);
    const now = await seriesByIds(this.#context.db, ids).catch(() => []);
    const decided = new Set(now.filter(({ state }) => state === 'decided').map(({ id }) => id));
    for (const member of group.members) {
      if (decided.has(member.series.id)) {
        this.#remember(member.series.id);
        continue;
      }
      const late = this.#late.get(member.series.id);
      this.#late.delete(member.series.id);
      member.instances.push(...(late?.instances ?? []));
      this.#open.set(member.series.id, member);
    }
  }

  async #follow(series: SeriesRecord, instances: readonly InstanceRecord[]): Promise<void> {
    try {
      const [current] = await seriesByIds(this.#context.db, [series.id]);
      await followDecision(current ?? series, instances, this.#context);
      this.#onQueued();
    } catch (error) {
      this.#failed = true;
      this.#report('late-instances-not-decided', series, error);
      for (const record of instances) this.#addLate(record, series);
    }
  }

  #report(event: string, series: SeriesRecord | undefined, error: unknown): void {
    this.#context.log.error(event, { seriesInstanceUid: series?.seriesInstanceUid, cause: messageOf(error) });
  }
}
