import { type Command, InvalidArgumentError, Option } from 'commander';
import { DELIVERY_STATES, type SeriesFilter } from '../api/series.ts';
import { DECISION_KINDS, DECISION_REASONS } from '../core/decision/decision.ts';
import { FLAGS } from '../core/decision/flags.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import { SEQUENCE_KINDS } from '../core/series/sequence-kind.ts';

/** The names of SeriesFilter, as on the page and in the JSON interface; both dates in milliseconds since 1970 UTC. */
export type SeriesFilterOptions = Omit<SeriesFilter, 'from' | 'to'> & {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
};

const FILTERS: Readonly<Record<keyof SeriesFilter, Option>> = {
  from: option('--from <date>', 'first instance received on this day (or YYYY-MM-DDTHH:MM) or later').argParser(
    beginning,
  ),
  to: option('--to <date>', '… on this day or before; with a time: before it').argParser(end),
  scanner: option('--scanner <ae>', 'calling AE title'),
  station: option('--station <name>', 'Station Name (0008,1010)'),
  kind: option('--kind <kind>', 'sequence kind').choices(SEQUENCE_KINDS),
  code: option('--code <code>', 'observed code of the decision that stands').choices(ORIENTATION_CODES),
  decision: option('--decision <decision>', 'the decision that stands').choices(DECISION_KINDS),
  reason: option('--decided-because <reason>', 'its reason, in one word', 'reason').choices(DECISION_REASONS),
  flag: option('--flag <flag>', 'a flag of the series').choices(FLAGS),
  confidenceBelow: option('--confidence-below <p>', 'the most probable code is less probable than this').argParser(
    share,
  ),
  confidenceFrom: option('--confidence-from <p>', '… at least as probable as this').argParser(share),
  delivery: option('--delivery <state>', 'the worst state of its deliveries').choices(DELIVERY_STATES),
  destination: option('--destination <name>', 'what went, or is to go, to this destination'),
  review: option('--review <state>', 'of its review').choices(['needed', 'done', 'none']),
  reviewer: option('--reviewer <name>', 'reviewed by this person'),
  modelVersion: option('--model-version <version>', 'decided with this version of a model'),
  study: option('--study <uid>', 'Study Instance UID'),
  series: option('--series <uid>', 'Series Instance UID, as received or as derived'),
  text: option('--text <words>', 'words in name, numbers, descriptions, protocol, station, AE title or UIDs'),
};
const NAMES = Object.keys(FILTERS) as readonly (keyof SeriesFilter)[];

/** Gives a command the options that say which series; `without` those that mean something else there. */
export function seriesFilterOptions(command: Command, without: readonly (keyof SeriesFilter)[] = []): Command {
  for (const name of NAMES) if (!without.includes(name)) command.addOption(FILTERS[name]);
  return command;
}

/** The filter that the options of a command say; undefined where they say none. */
export function seriesFilterOf(options: SeriesFilterOptions): SeriesFilter | undefined {
  const moment = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
  const all = { ...options, from: moment(options.from), to: moment(options.to) };
  const given = NAMES.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as SeriesFilter);
}

/** @param name of its value among the options of the command, where the flag says it otherwise */
function option(flags: string, description: string, name?: keyof SeriesFilter): Option {
  const made = new Option(flags, `only series: ${description}`);
  if (name !== undefined) made.attributeName = () => name;
  return made;
}

/** Milliseconds since 1970 UTC at which a day begins here, or of a time on it. */
export function beginning(text: string): number {
  return dayAndTime(text).at;
}

/** The same for what is left out: the end of a day, or a time. */
export function end(text: string): number {
  const { at, isDay } = dayAndTime(text);
  if (!isDay) return at;
  const next = new Date(at);
  return next.setDate(next.getDate() + 1);
}

function dayAndTime(text: string): { readonly at: number; readonly isDay: boolean } {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?$/.exec(text) ?? [];
  const date = new Date(`${day}T${time ?? '00:00'}`);
  // 30 February would silently be the 2nd of March.
  if (Number.isNaN(date.getTime()) || date.getDate() !== Number(day?.slice(8))) {
    throw new InvalidArgumentError('Write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM.');
  }
  return { at: date.getTime(), isDay: time === undefined };
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('Write a number from 0 to 1.');
  return value;
}
