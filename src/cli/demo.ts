import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveryOutcome, EventLog, OutgoingInstance } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import { dimseDestination } from '../dimse/storage-scu.ts';
import type { RunningNode } from '../node/node.ts';
import { encodeFileMeta } from '../part10/file-meta.ts';
import type { PhantomInstance } from '../phantom/phantom-series.ts';
import { type DemoSeries, demoStudy } from '../phantom/phantom-study.ts';
import { decisionsBySeriesUid } from '../store/decisions.ts';
import { instancesOfSeries } from '../store/instances.ts';
import { deliveriesOfInstances } from '../store/outbox.ts';
import { seriesByUid } from '../store/series.ts';

const SEED = 'demo';
const SCANNER_AE_TITLE = 'DEMO_SCANNER';
const LOOK_EVERY_MS = 100;
const LONGEST_WAIT_MS = 120_000;

/** A made-up study as Part 10 files, the way a scanner would keep it. */
export interface PreparedDemo {
  readonly series: readonly DemoSeries[];
  readonly outgoing: readonly OutgoingInstance[];
}

/** Makes the demo study, the same every time, and writes it below `directory`. */
export async function prepareDemo(directory: string): Promise<PreparedDemo> {
  const series = demoStudy(SEED);
  await mkdir(directory, { recursive: true });
  const outgoing: OutgoingInstance[] = [];
  for (const [number, instance] of series.flatMap(({ instances }) => instances).entries()) {
    outgoing.push(await writeInstance(instance, join(directory, `${String(number).padStart(3, '0')}.dcm`)));
  }
  return { series, outgoing };
}

async function writeInstance(instance: PhantomInstance, file: string): Promise<OutgoingInstance> {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet } = instance;
  const meta = encodeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle: SCANNER_AE_TITLE });
  await writeFile(file, Buffer.concat([meta, dataSet]));
  return {
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid,
    file,
    dataSetOffset: meta.length,
    dataSetLength: dataSet.length,
    callingAeTitle: SCANNER_AE_TITLE,
  };
}

/** What became of one series of the demo. */
export interface DemoOutcome {
  readonly purpose: string;
  readonly instances: number;
  readonly kind: string;
  readonly reason: string;
  readonly correction: string | null;
  readonly flags: readonly string[];
  /** Instances that were rewritten and proved before the first one left. */
  readonly turned: number;
  readonly archived: number;
}

/**
 * Sends the study to the node by C-STORE, as a scanner would, and waits until the archive has all of it.
 * @throws NodeError destination-failed where an instance is refused or the archive does not get it
 */
export async function runDemo(
  demo: PreparedDemo,
  { node, aeTitle, log }: { readonly node: RunningNode; readonly aeTitle: string; readonly log: EventLog },
): Promise<readonly DemoOutcome[]> {
  const scanner = dimseDestination({
    name: 'this node',
    host: '127.0.0.1',
    port: node.dimsePort,
    calledAeTitle: aeTitle,
    callingAeTitle: SCANNER_AE_TITLE,
    concurrency: 1,
    log,
  });
  const refused: string[] = [];
  await scanner.deliver(demo.outgoing, (_index, outcome: DeliveryOutcome) => {
    if (!outcome.stored) refused.push(outcome.reason);
  });
  await scanner.close();
  if (refused.length > 0) throw new NodeError('destination-failed', `the demo was not taken: ${refused[0]}`);
  const until = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const outcomes = await Promise.all(demo.series.map((series) => outcomeOf(series, node)));
    if (outcomes.every((outcome) => outcome !== undefined && outcome.archived >= outcome.instances)) {
      return outcomes as DemoOutcome[];
    }
    if (Date.now() > until) throw new NodeError('destination-failed', 'the demo did not reach the archive in time');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function outcomeOf({ purpose, instances }: DemoSeries, { db }: RunningNode): Promise<DemoOutcome | undefined> {
  const seriesInstanceUid = instances[0]?.seriesInstanceUid ?? '';
  const [series] = await seriesByUid(db, seriesInstanceUid);
  const decision = (await decisionsBySeriesUid(db, seriesInstanceUid)).at(-1);
  if (series === undefined || decision === undefined) return undefined;
  const received = await instancesOfSeries(db, series.id);
  const everSent = await deliveriesOfInstances(
    db,
    received.map(({ id }) => id),
  );
  // A person may have decided otherwise since the demo ran for the first time.
  const deliveries = everSent.filter(({ supersededAt }) => supersededAt === null);
  return {
    purpose,
    instances: instances.length,
    kind: decision.kind,
    reason: decision.reason,
    correction: decision.correction,
    flags: decision.flags,
    turned: deliveries.filter(({ resultId }) => resultId !== null).length,
    archived: deliveries.filter(({ state }) => state === 'delivered').length,
  };
}
