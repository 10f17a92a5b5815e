import { dirname } from 'node:path';
import type { ActOrder, ActOutcome, ActPreview } from '../api/reviews.ts';
import { because, type EdgeLetters } from '../api/words.ts';
import { actOnSeries } from '../app/review/act-on-series.ts';
import { previewActs } from '../app/review/preview-acts.ts';
import type { ReviewContext } from '../app/review/review-context.ts';
import { seriesInReview } from '../app/review/series-in-review.ts';
import { turnInstance } from '../app/turn-instance.ts';
import type { Config } from '../config/config-schema.ts';
import { NodeError } from '../core/errors.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { ReviewAct } from '../core/review/review-acts.ts';
import { destinationNames, nodeSettings } from '../node/settings.ts';
import type { Database } from '../store/database.ts';
import { seriesMatching } from '../store/worklist.ts';
import { type DatabaseCommandOptions, withDatabase } from './database-commands.ts';
import { EXIT } from './exit-codes.ts';
import { plainLog } from './plain-log.ts';
import { type SeriesFilterOptions, seriesFilterOf } from './series-filter-options.ts';
import { actingPerson } from './user-name.ts';

export type ReviewOptions = DatabaseCommandOptions &
  Omit<SeriesFilterOptions, 'code'> & {
    /** What the picture shows. */
    readonly code?: OrientationCode | undefined;
    readonly letters?: EdgeLetters | undefined;
    readonly dryRun?: boolean | undefined;
    readonly because?: string | undefined;
    readonly by?: string | undefined;
  };

/** `cmr-node review ACT`: a person's act on the series that a filter lets through; beside a running node or without one. */
export async function review(act: ReviewAct, options: ReviewOptions): Promise<number> {
  const { code, letters, dryRun = false, json = false, ...rest } = options;
  const filter = seriesFilterOf(rest);
  if (filter === undefined) throw new NodeError('bad-request', 'say which series, for example with --series');
  if ((act === 'overrule') !== (code !== undefined)) {
    throw new NodeError('bad-request', 'say with --code what the picture shows, for overrule and only there');
  }
  const person = dryRun ? undefined : personOf(options);
  return withDatabase(options, dryRun ? 'reader' : 'guest', async (db, config) => {
    const context = await contextOf(db, config);
    const order = { act, ...(code === undefined ? {} : { code }) };
    const told: (ActPreview | ActOutcome)[] = [];
    const ids = await seriesMatching(db, filter);
    const all =
      person === undefined ? previewsOf(ids, order, context) : outcomesOf(ids, { ...order, person, letters }, context);
    for await (const one of all) {
      told.push(one);
      if (!json) process.stdout.write(lineOf(one));
    }
    if (json) process.stdout.write(`${JSON.stringify({ dryRun, act, series: told }, null, 2)}\n`);
    else if (told.length === 0) process.stderr.write('No series.\n');
    return told.every(succeeds) ? EXIT.ok : EXIT.failed;
  });
}

/** All together: what an act would do to one is told with regard to the others. */
async function* previewsOf(
  ids: readonly number[],
  order: Omit<ActOrder, 'series'>,
  context: ReviewContext,
): AsyncGenerator<ActPreview> {
  const series: ActOrder['series'] = [];
  for (const id of ids) series.push(...(await lookedAt(id, context)));
  yield* await previewActs({ ...order, series }, context);
}

async function* outcomesOf(
  ids: readonly number[],
  {
    person,
    letters,
    ...order
  }: Omit<ActOrder, 'series'> & { readonly person: Person; readonly letters: EdgeLetters | undefined },
  context: ReviewContext,
): AsyncGenerator<ActOutcome> {
  const { because, ...asker } = person;
  for (const id of ids) {
    const decided = { ...order, series: await lookedAt(id, context), because, confirmedLetters: letters };
    yield* await actOnSeries(decided, asker, context);
  }
}

async function lookedAt(id: number, { db, settings }: ReviewContext): Promise<ActOrder['series']> {
  const seen = await seriesInReview(db, id, settings);
  return seen === undefined ? [] : [{ id, version: seen.version }];
}

interface Person {
  readonly name: string;
  readonly because: string;
}

function personOf({ because: given = '', by }: ReviewOptions): Person {
  const reason = because.safeParse(given);
  if (!reason.success) {
    throw new NodeError('bad-request', 'say why with --reason, in 3 to 500 characters, or look first with --dry-run');
  }
  return { name: actingPerson(by), because: reason.data };
}

/** Series are turned in this process; a node that runs beside it looks into the outbox every few seconds. */
async function contextOf(db: Database, config: Config): Promise<ReviewContext> {
  // Nothing is recognised here: how slices are pooled does not matter.
  const { routing, routeDefaults, derivation } = await nodeSettings(config, 0);
  return {
    db,
    dataDir: dirname(db.file),
    log: plainLog((line) => process.stderr.write(line), { providers: false }),
    now: Date.now,
    turn: async (job) => turnInstance(job),
    observer: { decided() {}, classified() {}, seriesFinished() {}, delivered() {} },
    settings: { routing, routeDefaults, derivation },
    destinations: destinationNames(config),
    wake() {},
  };
}

function succeeds(one: ActPreview | ActOutcome): boolean {
  return 'possible' in one ? one.possible : one.done;
}

function lineOf(one: ActPreview | ActOutcome): string {
  if (!('possible' in one)) return `${one.seriesInstanceUid}: ${one.done ? 'done' : 'not done'}. ${one.why}\n`;
  const { seriesInstanceUid, possible, why, send, after } = one;
  const sent = send.map(({ destination, instances }) => `${instances} to ${destination}`).join(', ');
  const { top, right, bottom, left } = after?.letters ?? { top: '', right: '', bottom: '', left: '' };
  const letters = top === '' ? '' : ` Letters: ${[top, right, bottom, left].join(',')}.`;
  const would = possible ? `would be done.${sent === '' ? '' : ` To be sent: ${sent}.`}${letters}` : 'not possible.';
  return `${seriesInstanceUid}: ${would} ${why}\n`;
}
