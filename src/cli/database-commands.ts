import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/config-schema.ts';
import { NodeError } from '../core/errors.ts';
import { assertDatabaseAsSaid } from '../node/lost-database.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../store/database.ts';
import { type StoreSummary, summarize } from '../store/summary.ts';
import { verifyAudit } from '../store/verify-audit.ts';
import { commandConfig } from './command-config.ts';
import { EXIT } from './exit-codes.ts';
import { type SeriesFilterOptions, seriesFilterOf } from './series-filter-options.ts';
import { printSeries } from './status-of-series.ts';

/** Of series, where nothing else is asked for. */
export const MOST_LISTED = 50;

export interface DatabaseCommandOptions {
  readonly config?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What every command on the database of a node can be told. */
export function databaseOptions(command: Command): Command {
  return command
    .option('--config <file>', "a site's configuration, which names the data folder")
    .option('--data-dir <folder>', 'the data folder, whatever the configuration says');
}

export type StatusOptions = DatabaseCommandOptions & SeriesFilterOptions & { readonly limit?: number | undefined };

/**
 * `cmr-node status`: what a node has received, decided and delivered; with a filter, the series that it lets through.
 * Beside a running node or without one.
 */
export function status(options: StatusOptions): Promise<number> {
  const { limit, json } = options;
  const filter = seriesFilterOf(options) ?? (limit === undefined ? undefined : {});
  return withDatabase(options, 'reader', async (db) => {
    if (filter !== undefined) {
      await printSeries(db, { filter, limit: limit ?? MOST_LISTED, json: json === true });
      return EXIT.ok;
    }
    const summary = await summarize(db);
    process.stdout.write(json === true ? `${JSON.stringify(summary, null, 2)}\n` : inWords(summary));
    return EXIT.ok;
  });
}

/** `cmr-node audit verify`: whether an entry of the audit trail was changed, added or taken away. */
export function auditVerify(options: DatabaseCommandOptions): Promise<number> {
  return withDatabase(options, 'reader', async (db) => {
    const verdict = await verifyAudit(db);
    process.stdout.write(
      verdict.ok
        ? `The audit trail is whole: ${verdict.entries} entries.\n`
        : `The audit trail is broken at entry ${verdict.firstBadSeq}: ${verdict.why}.\n`,
    );
    return verdict.ok ? EXIT.ok : EXIT.failed;
  });
}

/** `cmr-node migrate`: brings the tables up to date while no node runs. */
export function migrate(options: DatabaseCommandOptions): Promise<number> {
  return withDatabase(options, 'owner', async ({ appliedMigrations }) => {
    const done = appliedMigrations.length === 0 ? 'Nothing to do.' : `Applied: ${appliedMigrations.join(', ')}.`;
    process.stdout.write(`${done}\n`);
    return EXIT.ok;
  });
}

/** Opens the database of a node for a command. `owner` makes one where there is none. */
export async function withDatabase(
  { config: file, dataDir }: DatabaseCommandOptions,
  access: NonNullable<DatabaseOptions['access']>,
  work: (db: Database, config: Config) => Promise<number>,
): Promise<number> {
  const config = commandConfig(file, dataDir);
  const folder = resolve(config.dataDir);
  const database = join(folder, 'node.sqlite');
  if (access !== 'owner' && !existsSync(database)) {
    const hint = 'name it with --config FILE or --data-dir FOLDER';
    throw new NodeError('database-failed', `no node has kept anything in this folder; ${hint}`, {
      subject: { file: folder },
    });
  }
  // Nor does a command make an empty one beside a spool: the next start would take it for the node's own.
  if (access === 'owner')
    await assertDatabaseAsSaid({ database, spool: join(folder, 'spool') }, { newDatabase: false });
  const db = await openDatabase({ file: database, access });
  try {
    return await work(db, config);
  } finally {
    await db.close();
  }
}

function inWords({ instances, series, decisions, flagged, deliveries, auditEntries }: StoreSummary): string {
  const oldest = (at: number | null): string => (at === null ? '' : `, oldest since ${new Date(at).toISOString()}`);
  const byFlag = new Map<string, number>();
  for (const { flag, kind, count } of flagged) {
    const what = `${kind} ${flag}`;
    byFlag.set(what, (byFlag.get(what) ?? 0) + count);
  }
  return [
    `Instances   ${instances.decided} decided, ${instances.undecided} waiting`,
    `Series      ${series.decided} decided, ${series.receiving} arriving`,
    ...decisions.map(
      ({ decision, mode, kind, reason, count }) =>
        `Decisions   ${count} × ${kind} ${decision}: ${reason} (${mode} mode)`,
    ),
    ...[...byFlag].map(([what, count]) => `Flagged     ${count} × ${what}`),
    ...deliveries.map(
      ({ destination, pending, delivered, dead, oldestPendingAt }) =>
        `Delivery    ${destination}: ${delivered} delivered, ${pending} pending${oldest(oldestPendingAt)}${dead === 0 ? '' : `, ${dead} given up`}`,
    ),
    `Audit       ${auditEntries} entries`,
    '',
  ].join('\n');
}
