import type { Forwarder } from '../app/forwarder.ts';
import type { NodeContext } from '../app/node-context.ts';
import { WARN_HOURS } from '../app/retention/disk-watch.ts';
import type { SeriesConductor } from '../app/series-conductor.ts';
import { messageOf } from '../core/errors.ts';
import type { Health, Status } from '../http/answers.ts';
import type { Metrics } from '../http/metrics.ts';
import type { InstanceSpool } from '../spool/instance-spool.ts';
import { deliveryCounts, type StoreSummary, summarize } from '../store/summary.ts';
import type { TlsCredentials } from '../tls/tls-credentials.ts';
import { PRODUCT_NAME, SOFTWARE_VERSION } from '../version.ts';
import type { NodeAudit } from './audit.ts';
import type { Upkeep } from './upkeep.ts';

/** What a running node can be asked about. */
export interface NodeState {
  readonly context: NodeContext;
  readonly forwarders: readonly Forwarder[];
  readonly conductor: SeriesConductor;
  readonly metrics: Metrics;
  readonly spool: InstanceSpool;
  readonly upkeep: Pick<Upkeep, 'disk' | 'database'>;
  /** How many data sets were refused since the start. */
  readonly quarantined: () => number;
  readonly dimse: { readonly aeTitle: string; readonly host: string; readonly port: number };
  readonly certificates: readonly TlsCredentials[];
  readonly audit: Pick<NodeAudit, 'sender'>;
  readonly mode: 'observe' | 'standardize';
  readonly startedAt: Date;
}

/** Gauges are read when somebody looks. */
export async function exposeMetrics({
  metrics,
  conductor,
  context,
  certificates,
  upkeep,
}: NodeState): ReturnType<Metrics['expose']> {
  metrics.seriesOpen(conductor.openSeries);
  const { deliveries } = await summarize(context.db);
  for (const { destination, pending, dead } of deliveries) {
    metrics.outboxPending(destination, pending);
    metrics.outboxDead(destination, dead);
  }
  for (const { name, expires } of certificates) metrics.certificateExpires(name, expires);
  const { freeBytes, fullInHours } = await upkeep.disk.state();
  metrics.disk(freeBytes, fullInHours);
  return metrics.expose();
}

/** Failed where nothing can be accepted and kept; a destination that takes nothing is degraded only. */
export async function healthChecks(state: NodeState): Promise<Health['checks']> {
  const { forwarders, spool, context, certificates, audit, upkeep } = state;
  const database = await context.db.all('select 1').then(
    () => okUnless(upkeep.database.damage),
    (error: unknown) => ({ status: 'failed' as const, detail: messageOf(error) }),
  );
  const dead = await deadLetters(context);
  const mayBeDegraded = [
    ...forwarders.map(({ name, problem }) => {
      const details = [problem, givenUp(dead.get(name) ?? 0)].filter((words) => words !== undefined);
      return { name: `destination ${name}`, problem: details.length === 0 ? undefined : details.join('; ') };
    }),
    ...certificates,
    ...(audit.sender === undefined ? [] : [audit.sender]),
    { name: 'disk', problem: await diskProblem(upkeep) },
  ].map(({ name, problem }) => [name, okUnless(problem)]);
  return {
    database,
    spool: (await spool.hasRoom)
      ? { status: 'ok' }
      : { status: 'failed', detail: 'the disk has no room for more instances' },
    ...(Object.fromEntries(mayBeDegraded) as Health['checks']),
  };
}

function okUnless(problem: string | undefined): Health['checks'][string] {
  return problem === undefined ? { status: 'ok' } : { status: 'degraded', detail: problem };
}

/** Senders are refused before anything is lost; a person is to make room before that. */
async function diskProblem({ disk }: NodeState['upkeep']): Promise<string | undefined> {
  try {
    const { fullInHours } = await disk.state();
    if (fullInHours === null || fullInHours >= WARN_HOURS) return undefined;
    if (fullInHours === 0) return 'it has no room for more instances';
    const hours = fullInHours < 1 ? 'less than an hour' : `${Math.floor(fullInHours)} h`;
    return `at the rate of the last 24 hours it has no room for more instances in ${hours}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** By destination. Where the database does not answer, that is said by its own check. */
async function deadLetters({ db }: NodeContext): Promise<ReadonlyMap<string, number>> {
  const counts = await deliveryCounts(db).catch(() => []);
  return new Map(counts.map(({ destination, dead }) => [destination, dead]));
}

function givenUp(instances: number): string | undefined {
  if (instances === 0) return undefined;
  return `${instances} ${instances === 1 ? 'instance was' : 'instances were'} given up: retry them under Delivery`;
}

export async function statusOf(state: NodeState): Promise<Status> {
  const { context, conductor, dimse, mode } = state;
  const { model } = context.classifier;
  const summary = await summarize(context.db);
  return {
    product: PRODUCT_NAME,
    version: SOFTWARE_VERSION,
    startedAt: state.startedAt.toISOString(),
    mode,
    dimse,
    recogniser: {
      model: `${model.name} ${model.version}`,
      sha256: model.sha256,
      provider: model.provider,
      usage: model.usage ?? null,
    },
    instances: {
      received: summary.instances.decided + summary.instances.undecided,
      quarantined: state.quarantined(),
    },
    disk: await state.upkeep.disk.state(),
    series: {
      open: conductor.openSeries,
      decided: totals(summary.decisions, ({ decision }) => decision),
      flagged: totals(summary.flagged, ({ flag }) => flag),
    },
    destinations: state.forwarders.map(({ name, lastFailure }) => {
      const counts = summary.deliveries.find(({ destination }) => destination === name);
      return { name, pending: counts?.pending ?? 0, failed: counts?.dead ?? 0, lastFailure };
    }),
  };
}

function totals<Row extends StoreSummary['decisions'][number]>(
  rows: readonly Row[],
  key: (row: Row) => string,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows) sums[key(row)] = (sums[key(row)] ?? 0) + row.count;
  return sums;
}
