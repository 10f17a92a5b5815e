import { dirname } from 'node:path';
import { type ResendOrder, type ResentSeries, resend } from '../app/resend.ts';
import type { Config } from '../config/config-schema.ts';
import { EMBEDDED_ARCHIVE_NAME } from '../config/cross-checks.ts';
import { NodeError } from '../core/errors.ts';
import { usesEmbeddedArchive } from '../node/settings.ts';
import { type DatabaseCommandOptions, withDatabase } from './database-commands.ts';
import { EXIT } from './exit-codes.ts';
import { type SeriesFilterOptions, seriesFilterOf } from './series-filter-options.ts';
import { actingPerson } from './user-name.ts';

export interface ResendOptions extends DatabaseCommandOptions, Omit<SeriesFilterOptions, 'from' | 'to' | 'delivery'> {
  /** Milliseconds since 1970 UTC. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly state?: ResendOrder['filter']['state'];
  readonly to?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly because?: string | undefined;
  readonly by?: string | undefined;
}

/** `cmr-node resend`: puts again into the outbox what was sent; beside a running node or without one. */
export async function resendAgain(options: ResendOptions): Promise<number> {
  const filter = filterOf(options);
  const act = options.dryRun === true ? undefined : actOf(options);
  return withDatabase(options, act === undefined ? 'reader' : 'guest', async (db, config) => {
    const context = { db, dataDir: dirname(db.file), now: Date.now };
    const series: ResentSeries[] = [];
    for await (const one of resend({ filter, destinations: destinationsOf(config), to: options.to, act }, context)) {
      series.push(one);
      if (options.json !== true) process.stdout.write(lineOf(one));
    }
    const totals = totalsOf(series);
    const dryRun = act === undefined;
    const report = { dryRun, ...totals, series };
    process.stdout.write(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : inWords(totals, dryRun));
    return totals.gone === 0 ? EXIT.ok : EXIT.unreadInput;
  });
}

function actOf({ because: reason = '', by }: ResendOptions): {
  readonly by: string;
  readonly reason: string;
} {
  if (reason.trim() === '') throw new NodeError('bad-request', 'say why with --reason, or look first with --dry-run');
  return { by: actingPerson(by), reason: reason.trim() };
}

function filterOf(options: ResendOptions): ResendOrder['filter'] {
  const { since: from, until, state, to: _, ...others } = options;
  const chosen = seriesFilterOf({ ...others, from, to: until });
  if (chosen !== undefined || state !== undefined) return { ...chosen, state };
  throw new NodeError('bad-request', 'say what to send again, for example with --study or --since');
}

function destinationsOf(config: Config): readonly string[] {
  const configured = config.destinations.map(({ name }) => name);
  return usesEmbeddedArchive(config) ? [...configured, EMBEDDED_ARCHIVE_NAME] : configured;
}

interface Totals {
  readonly queued: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly derivedAgain: number;
  readonly gone: number;
}

function totalsOf(series: readonly ResentSeries[]): Totals {
  const queued: Record<string, number> = {};
  for (const one of series) {
    for (const [name, count] of Object.entries(one.queued)) queued[name] = (queued[name] ?? 0) + count;
  }
  const sum = (count: (one: ResentSeries) => number): number => series.reduce((total, one) => total + count(one), 0);
  return {
    queued,
    waiting: sum(({ waiting }) => waiting),
    derivedAgain: sum(({ derivedAgain }) => derivedAgain),
    gone: sum(({ gone }) => gone.length),
  };
}

function lineOf({ seriesInstanceUid, decision, modelVersion, queued, gone }: ResentSeries): string {
  const by = modelVersion === null ? '' : `, model ${modelVersion}`;
  const lost = gone.map((uid) => `  not on the disk any more: ${uid}\n`).join('');
  return `${seriesInstanceUid} (${decision ?? 'undecided'}${by}): ${countsInWords(queued)}\n${lost}`;
}

function inWords({ queued, waiting, derivedAgain, gone }: Totals, dryRun: boolean): string {
  const further = [
    ...(waiting > 0 ? [`${waiting} waited already`] : []),
    ...(derivedAgain > 0 ? [`${derivedAgain} derived again`] : []),
    ...(gone > 0 ? [`${gone} gone and skipped`] : []),
  ];
  const all = [countsInWords(queued), ...further].join('; ');
  return `${dryRun ? 'Would be sent' : 'To be sent'}: ${all}.\n`;
}

function countsInWords(queued: Readonly<Record<string, number>>): string {
  const counts = Object.entries(queued).map(([name, count]) => `${count} to ${name}`);
  return counts.length === 0 ? 'nothing' : counts.join(', ');
}
