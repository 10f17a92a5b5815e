import { join } from 'node:path';
import type { OutgoingInstance } from '../../src/app/ports.ts';
import { dimseDestination } from '../../src/dimse/storage-scu.ts';
import { type PhantomInstance, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { openDatabase } from '../../src/store/database.ts';
import { verifyAudit } from '../../src/store/verify-audit.ts';
import { type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { edited, SMALL_MATRIX, shortAxis } from '../support/made-up-series.ts';
import { part10Of, readPart10, writePart10 } from '../support/part10-files.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { type NodeSite, nodeSite, type RunningNode, type SiteConfig } from '../support/running-node.ts';
import { UnsteadyArchive } from './unsteady-archive.ts';

/** So long at least, and so long for each instance, may it take until all is sent. */
const SETTLE_MILLISECONDS = 60_000;
const MILLISECONDS_FOR_ONE = 100;

/** Two series that are turned, one that is standard, and a scout: twenty instances. */
const STUDY: readonly PhantomInstance[] = [
  ...phantomSeries({ seed: 'chaos', plane: 'axial', sequence: 'scout', slices: 2, matrix: SMALL_MATRIX }),
  ...shortAxis('chaos', { sequence: 'cine', slices: 4, phases: 2 }),
  ...shortAxis('chaos', { sequence: 'LGE', slices: 5, code: '011' }),
  ...shortAxis('chaos', { slices: 5, code: '000' }),
];

/** What became of everything that was acknowledged. */
export interface Judgement {
  readonly acknowledged: number;
  /** Turned instances that the archive was given, repeats with the same UID and bytes included. */
  readonly turned: number;
  readonly lost: number;
  /** More than one derived UID of a source, or other bytes under one UID. */
  readonly doubled: number;
  /** Samples that moved, series that are half turned, instances nobody sent. */
  readonly wrong: number;
  readonly auditIsWhole: boolean;
}

export function isGood({ acknowledged, lost, doubled, wrong, auditIsWhole }: Judgement): boolean {
  return acknowledged > 0 && lost + doubled + wrong === 0 && auditIsWhole;
}

/** A node's place, a scanner that repeats what was not acknowledged, and an archive that may be unsteady. */
export class ChaosSite {
  readonly site: NodeSite;
  readonly archive: UnsteadyArchive;
  readonly #storescp: Storescp;
  readonly #acknowledged = new Set<string>();
  #studies = 0;
  #pending: OutgoingInstance[] = [];

  private constructor(site: NodeSite, storescp: Storescp, archive: UnsteadyArchive) {
    this.site = site;
    this.archive = archive;
    this.#storescp = storescp;
  }

  static async open(more: SiteConfig = {}): Promise<ChaosSite> {
    const site = await nodeSite();
    const storescp = await startStorescp(join(site.folder, 'archive'));
    const archive = await UnsteadyArchive.before(storescp);
    const timeouts = { connectSeconds: 2, associationSeconds: 2, responseSeconds: 2, idleReleaseSeconds: 1 };
    const pacs = { type: 'dimse', host: '127.0.0.1', port: archive.port, calledAeTitle: 'ARCHIVE', timeouts };
    await site.configure({
      series: { quietSeconds: 0.5, maxWaitSeconds: 60 },
      destinations: [{ ...pacs, name: 'pacs', concurrency: 1, default: true }],
      ...more,
    });
    return new ChaosSite(site, storescp, archive);
  }

  /** The study once more, as that of somebody else, is to be sent. */
  async nextStudy(): Promise<void> {
    const instances = studyOfRound(this.#studies++);
    const files = await writePart10(instances, join(this.site.folder, 'sent', String(this.#studies)));
    const outgoing = instances.map((one, i) => {
      const dataSetLength = one.dataSet.length;
      const dataSetOffset = part10Of(one).length - dataSetLength;
      return { ...one, file: files[i] as string, dataSetOffset, dataSetLength, callingAeTitle: 'SCANNER' };
    });
    this.#pending.push(...outgoing);
  }

  /** Sends what has no acknowledgement yet; the node may go away at any moment. Returns how many are left. */
  async send(node: RunningNode): Promise<number> {
    const scanner = dimseDestination({
      name: 'node',
      host: '127.0.0.1',
      port: node.dimsePort,
      calledAeTitle: 'CMR_NODE',
      callingAeTitle: 'SCANNER',
      concurrency: 1,
      timeouts: { responseSeconds: 30 },
      log: recordedLog(),
    });
    const batch = this.#pending;
    const told = (index: number, { stored }: { readonly stored: boolean }): void => {
      if (stored) this.#acknowledged.add((batch[index] as OutgoingInstance).sopInstanceUid);
    };
    await scanner.deliver(batch, told).catch(() => undefined);
    await scanner.close();
    this.#pending = batch.filter(({ sopInstanceUid }) => !this.#acknowledged.has(sopInstanceUid));
    return this.#pending.length;
  }

  /** Sends the rest, waits until nothing is on its way any more, stops the node, and judges. */
  async judge(node: RunningNode): Promise<Judgement> {
    for (let tries = 0; (await this.send(node)) > 0; tries++) {
      if (tries > 20) throw new Error(`the node does not take ${this.#pending.length} instances`);
    }
    await this.#nothingUnderWay();
    const sent = (await readPart10(join(this.site.folder, 'sent'))).filter(({ sopInstanceUid }) =>
      this.#acknowledged.has(sopInstanceUid),
    );
    const verdict = judgeGeometry(sent, await readPart10(this.#storescp.folder));
    await node.stop();
    const halfTurned = [...verdict.operations.values()].filter((operations) => operations.size > 1);
    return {
      acknowledged: this.#acknowledged.size,
      turned: verdict.turned,
      lost: verdict.lost.length,
      doubled: verdict.doubled.length,
      wrong: verdict.problems.length + halfTurned.length,
      auditIsWhole: await this.#auditIsWhole(),
    };
  }

  async close(): Promise<void> {
    await this.archive.stop();
    await this.#storescp.stop();
    await this.site.remove();
  }

  get #database(): string {
    return join(this.site.dataDir, 'node.sqlite');
  }

  /** Everything that was acknowledged is decided, and everything that was queued is sent. */
  async #nothingUnderWay(): Promise<void> {
    const db = await openDatabase({ file: this.#database, access: 'reader' });
    try {
      await eventually(
        async () => {
          const [row] = await db.all<{ undecided: number; pending: number; admitted: number }>(
            `select (select count(*) from instances) as admitted,
              (select count(*) from instances where state = 'undecided') as undecided,
              (select coalesce(sum(deliveries), 0) from delivery_counts where state = 'pending') as pending`,
          );
          return row;
        },
        (row) => row !== undefined && row.admitted >= this.#acknowledged.size && row.undecided + row.pending === 0,
        {
          what: 'everything to be decided and sent',
          milliseconds: SETTLE_MILLISECONDS + this.#acknowledged.size * MILLISECONDS_FOR_ONE,
        },
      );
    } finally {
      await db.close();
    }
  }

  async #auditIsWhole(): Promise<boolean> {
    const db = await openDatabase({ file: this.#database, access: 'reader' });
    try {
      const [integrity] = await db.all<{ integrity_check: string }>('pragma integrity_check');
      return (await verifyAudit(db)).ok && integrity?.integrity_check === 'ok';
    } finally {
      await db.close();
    }
  }
}

function studyOfRound(round: number): readonly PhantomInstance[] {
  return STUDY.map((one) =>
    edited(one, {
      '00080018': { vr: 'UI', value: `${one.sopInstanceUid.slice(0, 50)}.${round}` },
      '0020000d': { vr: 'UI', value: `2.25.9${round}` },
      '0020000e': { vr: 'UI', value: `${one.seriesInstanceUid.slice(0, 50)}.${round}` },
      '00200052': { vr: 'UI', value: `2.25.8${round}` },
    }),
  );
}
