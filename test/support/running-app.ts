import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admission } from '../../src/app/admit-instances.ts';
import { pictureOf } from '../../src/app/classify-stack.ts';
import { Forwarder } from '../../src/app/forwarder.ts';
import type { NodeContext, NodeSettings } from '../../src/app/node-context.ts';
import type { Classifier, Destination, OutgoingInstance } from '../../src/app/ports.ts';
import { recoverSpool } from '../../src/app/recover.ts';
import { SeriesConductor } from '../../src/app/series-conductor.ts';
import { type TurnInstance, turnInstance } from '../../src/app/turn-instance.ts';
import { loadKindRules } from '../../src/config/kind-rules-file.ts';
import type { AttributeEdit } from '../../src/core/attributes/attribute-edit.ts';
import { type Keyword, TAGS } from '../../src/core/attributes/tags.ts';
import { DEFAULT_SETTINGS, DEFAULT_THRESHOLDS } from '../../src/core/decision/thresholds.ts';
import { NodeError } from '../../src/core/errors.ts';
import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import type { GreyImage } from '../../src/core/pixels/grey-image.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { applyEdits } from '../../src/part10/splice.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import { InstanceSpool } from '../../src/spool/instance-spool.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { sureOf } from './arbitraries.ts';
import { recordedLog } from './recorded-log.ts';

/** One instance on its way to the app: what a scanner sends. */
export type Sent = Pick<PhantomInstance, 'sopClassUid' | 'sopInstanceUid' | 'transferSyntaxUid' | 'dataSet'>;

/** A recogniser that knows the pictures it was shown, and answers what it was told. */
export class ToldClassifier implements Classifier {
  readonly model = { name: 'told', version: '1', sha256: '0'.repeat(64), provider: 'cpu' };
  readonly #answers = new Map<string, OrientationCode>();
  fails = false;
  asked = 0;

  /** These instances show `code`, surely. */
  tell(instances: readonly Sent[], code: OrientationCode): void {
    for (const instance of instances) {
      const picture = pictureOf(dataSetOf(instance));
      if (picture !== undefined) this.#answers.set(keyOf(picture), code);
    }
  }

  async classify(images: readonly GreyImage[]): ReturnType<Classifier['classify']> {
    this.asked += images.length;
    if (this.fails) throw new NodeError('classifier-failed', 'the model answers nonsense');
    return images.map((image) => {
      const code = this.#answers.get(keyOf(image));
      return code === undefined
        ? { probabilities: new Array<number>(8).fill(1 / 8), sax: 0.02 }
        : { probabilities: sureOf(code, 0.999), sax: 0.97 };
    });
  }

  async close(): Promise<void> {}
}

function keyOf({ rows, columns, samples }: GreyImage): string {
  return `${rows}x${columns} ${samples.join()}`;
}

export function dataSetOf(instance: Sent): DataSet {
  const encoding = encodingOf(instance.transferSyntaxUid);
  if (encoding === undefined) throw new Error('an unknown transfer syntax');
  return DataSet.read(instance.dataSet, encoding);
}

/** The instance with other values; its name follows its SOP Instance UID. */
export function changed(instance: Sent, values: Partial<Record<Keyword, readonly string[]>>): Sent {
  const edits = Object.entries(values).map(([keyword, strings]): AttributeEdit => {
    const [tag, vr] = TAGS[keyword as Keyword];
    return { op: 'set', tag, vr, value: { strings } };
  });
  const dataSet = applyEdits(dataSetOf(instance), edits);
  return { ...instance, dataSet, sopInstanceUid: values.SOPInstanceUID?.[0] ?? instance.sopInstanceUid };
}

/** An archive that keeps what it is given, and can be down. */
export class RecordingArchive implements Destination {
  readonly name: string;
  readonly concurrency = 2;
  readonly received: { readonly sopInstanceUid: string; readonly dataSet: Buffer }[] = [];
  isDown = false;
  attempts = 0;

  constructor(name = 'archive') {
    this.name = name;
  }

  async deliver(batch: readonly OutgoingInstance[], told: Parameters<Destination['deliver']>[1]): Promise<void> {
    this.attempts += 1;
    if (this.isDown) throw new NodeError('destination-unreachable', 'nobody answers');
    for (const [index, outgoing] of batch.entries()) {
      const file = await readFile(outgoing.file);
      const dataSet = file.subarray(outgoing.dataSetOffset, outgoing.dataSetOffset + outgoing.dataSetLength);
      this.received.push({ sopInstanceUid: outgoing.sopInstanceUid, dataSet });
      told(index, { stored: true });
    }
  }

  async close(): Promise<void> {}

  /** The newest data set under each SOP Instance UID, as an archive that overwrites keeps it. */
  get holdings(): ReadonlyMap<string, Buffer> {
    return new Map(this.received.map(({ sopInstanceUid, dataSet }) => [sopInstanceUid, dataSet]));
  }

  /** Whether it holds these very bytes. */
  holds({ sopInstanceUid, dataSet }: Sent): boolean {
    return this.holdings.get(sopInstanceUid)?.equals(dataSet) === true;
  }
}

export async function temporaryFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'running-app-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface AppOptions {
  readonly folder: string;
  readonly classifier: ToldClassifier;
  readonly archives: readonly RecordingArchive[];
  readonly settings?: Partial<NodeSettings>;
  readonly now?: () => number;
  /** Stands between the app and its database, to have it fail. */
  readonly database?: (db: Database) => Database;
}

const RULES = loadKindRules(
  await readFile(new URL('../../config/sequence-kinds.yaml', import.meta.url), 'utf8'),
  undefined,
);

export function appSettings(archives: readonly RecordingArchive[], more: Partial<NodeSettings> = {}): NodeSettings {
  return {
    series: { quietSeconds: 0.1, maxWaitSeconds: 20 },
    decision: { ...DEFAULT_SETTINGS, holdHours: 24 },
    thresholds: DEFAULT_THRESHOLDS,
    kindRules: RULES,
    routing: [],
    routeDefaults: {
      mode: 'standardize',
      destinations: archives.map(({ name }) => name),
      uidPolicy: 'derive',
      archiveOriginals: false,
    },
    destinationAeTitles: archives.map(({ name }) => ({ destination: name, aeTitle: name.toUpperCase() })),
    phasesPerPosition: 1,
    correlation: 3,
    derivation: {
      manufacturer: 'Maker',
      productName: 'Product',
      softwareVersion: '1.0',
      modifyingSystem: 'CMR_NODE',
      imageTypeValue1: 'derived',
      seriesDescriptionSuffix: '[std]',
      seriesNumberOffset: 1000,
      privateGeometry: 'keep',
    },
    ...more,
  };
}

/** The use cases wired as the node wires them, on a real disk and a real database, without ports and processes. */
export class RunningApp {
  readonly db: Database;
  readonly spool: InstanceSpool;
  readonly context: NodeContext;
  readonly log: ReturnType<typeof recordedLog>;
  readonly conductor: SeriesConductor;
  readonly #admission: Admission;
  readonly #forwarders: readonly Forwarder[];

  private constructor(parts: {
    context: NodeContext;
    log: ReturnType<typeof recordedLog>;
    spool: InstanceSpool;
    conductor: SeriesConductor;
    admission: Admission;
    forwarders: readonly Forwarder[];
  }) {
    this.db = parts.context.db;
    this.context = parts.context;
    this.log = parts.log;
    this.spool = parts.spool;
    this.conductor = parts.conductor;
    this.#admission = parts.admission;
    this.#forwarders = parts.forwarders;
  }

  static async start(options: AppOptions): Promise<RunningApp> {
    const { folder, classifier, archives, now = Date.now, database = (db) => db } = options;
    const log = recordedLog();
    const observer = { decided() {}, classified() {}, seriesFinished() {}, delivered() {} };
    const db = database(await openDatabase({ file: join(folder, 'node.sqlite') }));
    const settings = appSettings(archives, options.settings);
    const turn: TurnInstance = async (job) => turnInstance(job);
    const context: NodeContext = { db, log, now, classifier, turn, settings, observer, dataDir: folder };
    const retry = {
      retrySeconds: 0.05,
      maxRetrySeconds: 0.2,
      deadAfterAttempts: { destination: 'never', unclear: 'never', instance: 5 },
    } as const;
    const forwarders = archives.map((archive) => new Forwarder(archive, context, retry));
    const wake = (): void => {
      for (const forwarder of forwarders) forwarder.wake();
    };
    const conductor = new SeriesConductor(context, wake);
    const admission = new Admission(context, {
      spoolFolder: 'spool',
      onAdmitted: (admitted) => conductor.add(admitted),
      onRepeated: wake,
    });
    const spool = await InstanceSpool.open({
      directory: join(folder, 'spool'),
      quarantineDirectory: join(folder, 'quarantine'),
      reserveBytes: 0,
      log,
      now,
      onKept: (kept) => admission.push(kept),
      onRefused: () => {},
    });
    await conductor.restore();
    await recoverSpool(spool, { spoolFolder: 'spool', admit: (kept) => admission.push(kept) }, context);
    await admission.idle();
    wake();
    return new RunningApp({ context, log, spool, conductor, admission, forwarders });
  }

  wake(): void {
    for (const forwarder of this.#forwarders) forwarder.wake();
  }

  /** Resolves when each is acknowledged, in order. */
  async receive(instances: readonly Sent[], callingAeTitle = 'SCANNER'): Promise<void> {
    for (const { dataSet, ...instance } of instances) {
      const announced = { ...instance, via: 'dimse', callingAeTitle, calledAeTitle: 'CMR_NODE' } as const;
      const reception = await this.spool.open(announced);
      await reception.write(dataSet);
      await reception.finish();
    }
  }

  /** Resolves when everything that was received is decided, and everything that was queued is delivered. */
  async settled(): Promise<void> {
    for (const end = performance.now() + 15_000; ; ) {
      await this.#admission.idle();
      const [open] = await this.db.all<{ n: number }>(
        `select (select count(*) from instances where state = 'undecided')
           + (select count(*) from deliveries where state = 'pending') as n`,
      );
      if (open?.n === 0) return;
      if (performance.now() > end) {
        throw new Error(`not settled: ${open?.n} left; ${JSON.stringify(this.log.events.slice(-5))}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** What the audit trail keeps of these events, oldest first. */
  async auditDetails(event: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const rows = await this.db.all<{ detail: string }>(
      'select detail_json as detail from audit where event = ? order by seq',
      [event],
    );
    return rows.map(({ detail }) => JSON.parse(detail) as Record<string, unknown>);
  }

  async decisions(): Promise<
    readonly { series: string; decision: string; correction: string | null; flags: string[] }[]
  > {
    const rows = await this.db.all<{ series: string; decision: string; correction: string | null; flags: string }>(
      `select series.series_instance_uid as series, decision, correction, decisions.flags_json as flags
        from decisions join series on series.id = decisions.series_id order by decisions.id`,
    );
    return rows.map((row) => ({ ...row, flags: JSON.parse(row.flags) as string[] }));
  }

  /** Ends as a process that is killed: nothing that is under way gets to its end. The database must fail by now. */
  async crash(): Promise<void> {
    void this.#admission.close();
    void this.conductor.close();
    for (const forwarder of this.#forwarders) void forwarder.close();
    await this.db.close();
  }

  /** Ends as the node ends: what is under way ends first. */
  async close(): Promise<void> {
    await this.#admission.close();
    await this.conductor.close();
    for (const forwarder of this.#forwarders) await forwarder.close();
    await this.db.close();
  }
}
