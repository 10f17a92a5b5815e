import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Admission } from '../app/admit-instances.ts';
import { BatchRunner } from '../app/batches/batch-runner.ts';
import { CatalogueKeeper } from '../app/catalogue-keeper.ts';
import { Forwarder } from '../app/forwarder.ts';
import { LiveChanges } from '../app/live-changes.ts';
import type { NodeContext } from '../app/node-context.ts';
import type { Classifier, EventLog } from '../app/ports.ts';
import { recoverSpool } from '../app/recover.ts';
import { releaseExpiredHolds } from '../app/release-holds.ts';
import { retainedInstances } from '../app/retained-instances.ts';
import { SeriesConductor } from '../app/series-conductor.ts';
import { turnThreads } from '../app/turn-threads.ts';
import type { Config } from '../config/config-schema.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { startEmbeddedArchive } from '../dimse/embedded-archive.ts';
import { createMetrics, type Metrics } from '../http/metrics.ts';
import { readModelManifest } from '../inference/model-manifest.ts';
import { startClassifier } from '../inference/start-classifier.ts';
import { InstanceSpool } from '../spool/instance-spool.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { nodeHandlers } from './api-handlers.ts';
import { openAudit } from './audit.ts';
import { NodeTls, tellWhatIsOpen } from './certificates.ts';
import { openCommitment } from './commitment.ts';
import { nodeDestinations } from './destinations.ts';
import { openHttp } from './http.ts';
import { assertDatabaseAsSaid } from './lost-database.ts';
import { forwarderSettings, nodeSettings, usesEmbeddedArchive } from './settings.ts';
import { nodeSignIn } from './sign-in.ts';
import type { NodeState } from './state.ts';
import { openScp } from './storage-scp.ts';
import { startUpkeep } from './upkeep.ts';

const SPOOL_FOLDER = 'spool';
const HOLDS_LOOKED_AT_EVERY_MS = 60_000;

export interface StartOptions {
  /** Begins with an empty database where the old one is lost, and takes what is in the spool for new. */
  readonly newDatabase?: boolean;
}

export interface RunningNode {
  readonly dimsePort: number;
  /** Where it speaks TLS, if it does. */
  readonly dimseTlsPort: number | undefined;
  readonly tls: NodeTls;
  readonly httpPort: number;
  readonly embeddedArchive: { readonly port: number; readonly directory: string } | undefined;
  readonly oneTimeToken: string | undefined;
  readonly db: Database;
  readonly classifier: Classifier;
  /** Stops accepting, lets what is under way end, and closes everything. What is not done is taken up at the next start. */
  close(): Promise<void>;
}

/** Closes what was opened, last first; also where the start fails half way. */
class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  add<Thing>(thing: Thing, close: (thing: Thing) => Promise<void>): Thing {
    this.#closers.unshift(() => close(thing));
    return thing;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}

/**
 * Builds every edge from the configuration, wires them together and opens the ports last: what an earlier run
 * acknowledged is on record before anything new is accepted.
 * @throws NodeError
 */
export async function startNode(config: Config, log: EventLog, options: StartOptions = {}): Promise<RunningNode> {
  const opened = new Opened();
  try {
    return await start(config, { log, opened, newDatabase: options.newDatabase === true });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function makeDataDir(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    const subject = { file: folder };
    throw new NodeError('configuration-invalid', `dataDir: it cannot be made: ${cause.code}`, { subject, cause });
  });
}

async function start(
  config: Config,
  { log, opened, newDatabase }: { readonly log: EventLog; readonly opened: Opened; readonly newDatabase: boolean },
): Promise<RunningNode> {
  const dataDir = resolve(config.dataDir);
  const tls = opened.add(await NodeTls.open(config, log), (one) => one.close());
  await tellWhatIsOpen(config, log);
  await makeDataDir(dataDir);
  const database = join(dataDir, 'node.sqlite');
  await assertDatabaseAsSaid({ database, spool: join(dataDir, SPOOL_FOLDER) }, { newDatabase });
  const db = opened.add(await openDatabase({ file: database }), (one) => one.close());
  const modelFolder = resolve(config.inference.modelsDir, config.inference.model);
  const { executionProviders, requireGpu, threads } = config.inference;
  const classifier = opened.add(
    await startClassifier({ modelFolder, executionProviders, requireGpu, threads, log }),
    (one) => one.close(),
  );
  const turning = opened.add(turnThreads(), (one) => one.close());
  const metrics = createMetrics();
  const context: NodeContext = {
    db,
    log,
    classifier,
    turn: turning.turn,
    dataDir,
    now: Date.now,
    observer: observerOf(metrics),
    settings: await nodeSettings(config, (await readModelManifest(modelFolder)).pooling.correlation),
  };
  const audit = opened.add(await openAudit(config, { context, tls, newDatabase }), (one) => one.close());
  const archive = await openEmbeddedArchive(config, { dataDir, log, opened });
  const destinations = nodeDestinations(config, { archive, tls, log });
  const forwarders: Forwarder[] = destinations.map((destination) =>
    opened.add(new Forwarder(destination, context, forwarderSettings(config, destination.name, wakeOne)), (one) =>
      one.close(),
    ),
  );
  function wakeOne(name: string): void {
    forwarders.find((one) => one.name === name)?.wake();
  }
  const catalogue = opened.add(new CatalogueKeeper(context, () => intake.admitted()), (one) => one.close());
  const wake = (): void => {
    for (const forwarder of forwarders) forwarder.wake();
    catalogue.wake();
  };
  const conductor = opened.add(new SeriesConductor(context, wake), (one) => one.close());
  const intake = await openIntake(config, { context, conductor, metrics, wake, opened });
  const safety = { destinations, context, tls, wake, admitted: intake.admitted };
  const commitment = opened.add(await openCommitment(config, safety), (one) => one.close());
  const upkeep = opened.add(await startUpkeep(config, { context, metrics, wake }), (one) => one.close());
  await conductor.restore();
  await intake.recover();
  wake();
  const holds = setInterval(() => releaseHolds(context, wake), HOLDS_LOOKED_AT_EVERY_MS);
  opened.add(holds, async (timer) => clearInterval(timer));
  const signIn = nodeSignIn(config, context);
  const edges = { intake: intake.spool, commitment: commitment.service, tls, metrics, log };
  const scp = opened.add(await openScp(config, edges), (one) => one.close());
  const { spool, quarantined } = intake;
  const dimse = { aeTitle: config.dimse.aeTitle, host: config.dimse.host, port: scp.port };
  const state: NodeState = {
    context,
    forwarders,
    conductor,
    metrics,
    spool,
    quarantined,
    upkeep,
    dimse,
    certificates: tls.all,
    audit,
    mode: config.mode,
    startedAt: new Date(),
  };
  const retained = retainedInstances(context, catalogue);
  const live = new LiveChanges(context);
  const batches = opened.add(
    new BatchRunner(context, {
      destinations: forwarders.map(({ name }) => name),
      problemOf: (destination) => forwarders.find(({ name }) => name === destination)?.problem,
      onQueued: wake,
    }),
    (one) => one.close(),
  );
  batches.wake();
  const services = { ...nodeHandlers({ state, batches, wake }), live };
  const http = opened.add(await openHttp(config, { state, signIn, retained, services, tls: tls.http }), (one) =>
    one.close(),
  );
  // Ends before the server does, which waits for what is under way.
  opened.add(live, (one) => one.close());
  void catalogue.dropMissing();
  const ports = { dimsePort: scp.port, dimseTlsPort: scp.tlsPort, httpPort: http.port };
  log.info('node-started', { version: SOFTWARE_VERSION, ...ports, mode: config.mode });
  return {
    dimsePort: scp.port,
    dimseTlsPort: scp.tlsPort,
    tls,
    httpPort: http.port,
    embeddedArchive: archive,
    oneTimeToken: signIn.oneTimeToken,
    db,
    classifier,
    close: () => opened.close(),
  };
}

async function openEmbeddedArchive(
  config: Config,
  { dataDir, log, opened }: { readonly dataDir: string; readonly log: EventLog; readonly opened: Opened },
): Promise<RunningNode['embeddedArchive']> {
  if (!usesEmbeddedArchive(config)) return undefined;
  const directory = join(dataDir, 'archive');
  const archive = await startEmbeddedArchive({
    host: '127.0.0.1',
    port: config.embeddedArchive.port,
    aeTitle: config.embeddedArchive.aeTitle,
    directory,
    log,
  });
  opened.add(archive, (one) => one.close());
  return { port: archive.port, directory };
}

async function openIntake(
  config: Config,
  parts: {
    readonly context: NodeContext;
    readonly conductor: SeriesConductor;
    readonly metrics: Metrics;
    readonly wake: () => void;
    readonly opened: Opened;
  },
): Promise<{
  readonly spool: InstanceSpool;
  readonly recover: () => Promise<void>;
  readonly admitted: () => Promise<void>;
  readonly quarantined: () => number;
}> {
  const { context, conductor, metrics, wake, opened } = parts;
  const admission = opened.add(
    new Admission(context, {
      spoolFolder: SPOOL_FOLDER,
      onAdmitted: (admitted) => conductor.add(admitted),
      onRepeated: wake,
    }),
    (one) => one.close(),
  );
  let quarantined = 0;
  const spool = await InstanceSpool.open({
    directory: join(context.dataDir, SPOOL_FOLDER),
    quarantineDirectory: join(context.dataDir, 'quarantine'),
    reserveBytes: config.storage.reserveMegabytes * 1024 * 1024,
    log: context.log,
    now: context.now,
    onKept: (kept) => {
      metrics.instanceReceived(kept.announced.via, 'stored');
      admission.push(kept);
    },
    onRefused: ({ via }, error) => {
      quarantined += 1;
      metrics.instanceReceived(via, 'quarantined');
      context.log.warn('instance-refused', { via, code: error.code, message: error.message, ...error.subject });
    },
  });
  const recover = async (): Promise<void> => {
    const options = { spoolFolder: SPOOL_FOLDER, admit: admission.push.bind(admission) };
    const found = await recoverSpool(spool, options, context);
    await admission.idle();
    if (found > 0) context.log.info('spool-recovered', { instances: found });
  };
  return { spool, recover, admitted: () => admission.idle(), quarantined: () => quarantined };
}

function observerOf(metrics: Metrics): NodeContext['observer'] {
  return {
    decided: ({ decision, metricReason }, kind) => metrics.decided({ decision, reason: metricReason, kind }),
    classified: (_slices, seconds) => metrics.classified(seconds),
    seriesFinished: (seconds) => metrics.seriesQueued(seconds),
    delivered: (destination, outcome) => metrics.delivered(destination, outcome),
  };
}

async function releaseHolds(context: NodeContext, wake: () => void): Promise<void> {
  try {
    if ((await releaseExpiredHolds(context)) > 0) wake();
  } catch (error) {
    context.log.error('holds-not-released', { cause: messageOf(error) });
  }
}
