import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeriesPage, SeriesRow } from '../../src/api/series.ts';
import type { SeededRandom } from '../../src/phantom/random.ts';
import type { RunningNode } from '../support/running-node.ts';
import { INSTANCES_A_STUDY, madeUpStudy, studyUid } from './made-up-traffic.ts';
import { type Sent, sendByStore, sendByStow } from './scanner.ts';
import { ask, type SoakSite } from './soak-site.ts';

/** So many deliveries may wait before scanners pause: more traffic than one machine digests tells of its queue alone. */
const QUEUE_MOST = 300;
const PAUSE_MILLISECONDS = 150;
const AWAY_MILLISECONDS = [2_000, 8_000] as const;
const PATHS = ['/overview', '/series?limit=100', '/deliveries', '/destinations', '/audit?limit=50', '/series?text=sax'];

/** What a hospital does to a node all day, by chance that can be replayed. One thing after the other. */
export class Traffic {
  readonly #site: SoakSite;
  readonly #random: SeededRandom;
  readonly #unfinished: number[] = [];
  readonly acknowledged = new Map<number, Set<string>>();
  /** Series that somebody decided anew. */
  readonly actedOn = new Set<string>();
  /** Instances per second of each new study sent by C-STORE while all was well, in order. */
  readonly rates: number[] = [];
  readonly done = { studies: 0, stow: 0, duplicates: 0, acts: 0, batches: 0, reads: 0, away: 0, restarts: 0 };
  readonly troubles: string[] = [];
  node: RunningNode;

  constructor(site: SoakSite, node: RunningNode, random: SeededRandom) {
    this.#site = site;
    this.node = node;
    this.#random = random;
  }

  get instances(): number {
    return [...this.acknowledged.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Until then, milliseconds of `performance.now()`; restarts only until `steadyFrom`. */
  async flow(until: number, steadyFrom: number): Promise<void> {
    while (performance.now() < until) {
      const chance = this.#random.next();
      if (chance < 0.015 && performance.now() < steadyFrom) await this.#restart();
      else if (chance < 0.03) await this.#archiveAway();
      else if (chance < 0.05) await this.#batch();
      else if (chance < 0.1) await this.#act();
      else if (chance < 0.2) await this.#duplicate();
      else if (chance < 0.35) await this.#newStudy('stow');
      else await this.#newStudy('store');
      await this.#read();
      await this.#pause();
    }
  }

  /** Sends what has no acknowledgement yet, as scanners do. */
  async finish(): Promise<void> {
    for (let tries = 0; this.#unfinished.length > 0 && tries < 200; tries++) {
      const number = this.#unfinished.shift() ?? 0;
      this.#note(number, await this.#send(number, 'store'));
    }
    if (this.#unfinished.length > 0) throw new Error(`the node does not take ${this.#unfinished.length} studies`);
  }

  async #newStudy(by: 'store' | 'stow'): Promise<void> {
    const number = this.done.studies++;
    if (by === 'stow') this.done.stow += 1;
    const sent = await this.#send(number, by);
    this.#note(number, sent);
    if (by === 'store' && sent.acknowledged.length === INSTANCES_A_STUDY) {
      this.rates.push(INSTANCES_A_STUDY / sent.seconds);
    }
  }

  #send(number: number, by: 'store' | 'stow'): Promise<Sent> {
    const study = madeUpStudy(number);
    if (by === 'stow') return sendByStow(this.node, study);
    return sendByStore(this.node, study, join(this.#site.site.folder, 'sent'));
  }

  #note(number: number, { acknowledged }: Sent): void {
    const known = this.acknowledged.get(number) ?? new Set<string>();
    for (const uid of acknowledged) known.add(uid);
    this.acknowledged.set(number, known);
    if (known.size < INSTANCES_A_STUDY) this.#unfinished.push(number);
  }

  async #duplicate(): Promise<void> {
    if (this.done.studies === 0) return;
    this.done.duplicates += 1;
    await this.#send(this.#earlier(), this.#random.next() < 0.5 ? 'store' : 'stow');
  }

  #earlier(): number {
    return Math.floor(this.#random.next() * this.done.studies);
  }

  /** Half of the time the node is killed in the middle of a study. */
  async #restart(): Promise<void> {
    this.done.restarts += 1;
    const number = this.done.studies++;
    const sending = this.#send(number, 'store');
    await delay(this.#random.uniform(0, 300));
    if (this.#random.next() < 0.5) await this.node.kill();
    else await this.node.stop();
    this.#note(number, await sending);
    this.node = await this.#site.site.start();
  }

  async #archiveAway(): Promise<void> {
    this.done.away += 1;
    this.#site.archive.turn({ kind: 'away' });
    await this.#newStudy('store');
    await delay(this.#random.uniform(...AWAY_MILLISECONDS));
    this.#site.archive.turn({ kind: 'well' });
  }

  /** All of one study is sent once more. */
  async #batch(): Promise<void> {
    if (this.done.studies === 0) return;
    const filter = { study: studyUid(this.#earlier()) };
    const order = { action: 'resend', filter, dryRun: this.#random.next() < 0.3, because: 'the archive asks for it' };
    await this.#tell('/batches', order);
    this.done.batches += 1;
  }

  /** One turned series is turned otherwise, or put back. */
  async #act(): Promise<void> {
    const path = `/series?decision=standardize&review=none&limit=20`;
    const page = (await this.#tell(path)) as SeriesPage | undefined;
    const row = page?.items.at(Math.floor(this.#random.next() * page.items.length));
    if (row === undefined) return;
    const act = this.#random.next() < 0.5 ? { act: 'put-back' } : { act: 'overrule', code: otherCode(row) };
    this.actedOn.add(row.seriesInstanceUid);
    const series = [{ id: row.id, version: row.version }];
    if ((await this.#tell('/acts', { ...act, series, because: 'seen on the screen' })) !== undefined)
      this.done.acts += 1;
  }

  /** What a page and a viewer ask for. */
  async #read(): Promise<void> {
    for (let i = 0; i < 2; i++) await this.#tell(PATHS[Math.floor(this.#random.next() * PATHS.length)] ?? '/overview');
    const study = studyUid(this.#earlier());
    for (const path of ['/', `/dicomweb/studies?StudyInstanceUID=${study}`]) {
      const answer = await fetch(`${this.node.httpUrl}${path}`, {
        headers: { Authorization: `Bearer ${this.node.token}` },
      });
      await answer.arrayBuffer();
      if (!answer.ok) this.troubles.push(`${path} answered ${answer.status}`);
      this.done.reads += 1;
    }
    this.done.reads += 2;
  }

  /** What the node refuses, where it may not, is a trouble to be told at the end. */
  async #tell(path: string, body?: object): Promise<unknown> {
    try {
      return await ask(this.node, path, body);
    } catch (error) {
      this.troubles.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  async #pause(): Promise<void> {
    for (let looks = 0; looks < 200; looks++) {
      await delay(PAUSE_MILLISECONDS);
      const metrics = await (await fetch(`${this.node.httpUrl}/metrics`)).text();
      const waiting = [...metrics.matchAll(/^cmr_node_outbox_pending\{.*\} (\d+)/gm)].reduce(
        (n, m) => n + Number(m[1]),
        0,
      );
      if (waiting < QUEUE_MOST) return;
    }
  }
}

const otherCode = ({ observedCode }: SeriesRow): string => (observedCode === '011' ? '110' : '011');
