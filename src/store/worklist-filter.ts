import type { SeriesFilter } from '../api/series.ts';
import { ANSWERING_ACTS, ASKING_FLAGS } from '../core/review/review-needed.ts';
import { foldedName } from '../core/search/match-values.ts';
import type { SqlValue } from './connection.ts';
import { IN_STATE } from './delivery-queue.ts';

/** A part of a where clause about `worklist`, and its parameters. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

type Given = { readonly [Name in keyof SeriesFilter]-?: NonNullable<SeriesFilter[Name]> };

/** That a text column holds this piece: no character of a piece stands for others, as it would with `like`. */
const holds = (column: string): string => `instr(${column}, ?) > 0`;
const equals =
  (column: string) =>
  (value: string): SqlCondition => ({ sql: `worklist.${column} = ?`, values: [value] });
const at = (comparison: string) => (moment: string) => ({
  sql: `worklist.received_at ${comparison} ?`,
  values: [Date.parse(moment)],
});

const CONDITIONS: { readonly [Name in keyof Given]: (value: Given[Name], filter: SeriesFilter) => SqlCondition } = {
  from: at('>='),
  to: at('<'),
  scanner: equals('scanner'),
  station: equals('station'),
  kind: equals('kind'),
  code: equals('code'),
  decision: equals('decision'),
  reason: equals('metric_reason'),
  flag: (flag) => ({ sql: holds('worklist.flags_json'), values: [`"${flag}"`] }),
  // Without probabilities there is no confidence, neither low nor high.
  confidenceBelow: (below) => ({ sql: 'worklist.confidence >= 0 and worklist.confidence < ?', values: [below] }),
  confidenceFrom: (from) => ({ sql: 'worklist.confidence >= ?', values: [from] }),
  delivery: (state, { destination }) =>
    destination === undefined ? { sql: DELIVERY[state], values: [] } : deliveryTo(destination, state),
  // With a state it is that state which is asked of the destination.
  destination: (name, { delivery }) =>
    delivery === undefined
      ? { sql: holds('worklist.destinations'), values: [`\n${name}\n`] }
      : { sql: 'true', values: [] },
  review: (review) => REVIEW[review],
  reviewer: (name) => ({
    sql: `worklist.review_id is not null and exists
      (select 1 from reviews where reviews.series_id = worklist.series_id and reviews.by = ?)`,
    values: [name],
  }),
  modelVersion: equals('model_version'),
  study: (uid) => ({
    sql: 'worklist.series_id in (select id from series where study_instance_uid = ?)',
    values: [uid],
  }),
  series: (uid) => ({
    sql: `worklist.series_id in (select id from series where series_instance_uid = ?
      union select series_id from derived_series where series_instance_uid = ?)`,
    values: [uid, uid],
  }),
  text: withWords,
};

/** The worst state that any delivery of a series is in, by its counts. */
const DELIVERY = {
  dead: 'worklist.dead > 0',
  failing: 'worklist.dead = 0 and worklist.failing > 0',
  waiting: 'worklist.dead = 0 and worklist.failing = 0 and worklist.waiting > 0',
  delivered: 'worklist.dead = 0 and worklist.failing = 0 and worklist.waiting = 0 and worklist.delivered > 0',
  none: 'worklist.dead = 0 and worklist.failing = 0 and worklist.waiting = 0 and worklist.delivered = 0',
} as const;
export const DELIVERY_STATE = `case ${Object.entries(DELIVERY)
  .map(([state, sql]) => `when ${sql} then '${state}'`)
  .join(' ')} end`;

/** The same for one destination: of what is not delivered there is little, and an index. */
function deliveryTo(destination: string, state: Given['delivery']): SqlCondition {
  const some = (which: string) => `worklist.series_id in (select instances.series_id from deliveries
    join instances on instances.id = deliveries.instance_id where deliveries.destination = ? and ${which})`;
  const dead = some(IN_STATE.dead);
  const failing = some(IN_STATE.failing);
  const pending = some("deliveries.state = 'pending'");
  const was = holds('worklist.destinations');
  const name = `\n${destination}\n`;
  switch (state) {
    case 'none':
      return { sql: `not ${was}`, values: [name] };
    case 'dead':
      return { sql: dead, values: [destination] };
    case 'failing':
      return { sql: `${failing} and not ${dead}`, values: [destination, destination] };
    case 'waiting':
      return { sql: `${pending} and not ${failing} and not ${dead}`, values: Array(3).fill(destination) };
    case 'delivered':
      return { sql: `${was} and not ${pending} and not ${dead}`, values: [name, destination, destination] };
  }
}

/**
 * That an answering act looked at the decision that stands or at a later one, as `reviewNeeded` asks, and no instance
 * spoke against it since: one parameter, the answering acts.
 */
export const ANSWERED = `exists (select 1 from reviews where reviews.series_id = worklist.series_id
  and reviews.act in (select value from json_each(?))
  and max(coalesce(reviews.looked_at, 0), coalesce(reviews.decision_id, 0)) >= worklist.decision_id
  and (instr(worklist.flags_json, '"late-contradiction"') = 0 or not exists (
    select 1 from instances where instances.series_id = worklist.series_id
      and instr(instances.flags_json, '"late-contradiction"') > 0 and instances.received_at > reviews.at)))`;
export const ANSWERING = JSON.stringify(ANSWERING_ACTS);
/** That the row has a flag that asks for a person. */
export const ASKING = `(${ASKING_FLAGS.map((flag) => `instr(worklist.flags_json, '"${flag}"') > 0`).join(' or ')})`;

/** That a person has yet to look at the series, as `reviewNeeded` says it of one. */
export const NEEDS_REVIEW: SqlCondition = {
  sql: `worklist.decision <> '' and worklist.by_person = 0
    and (worklist.decision = 'hold-for-review' or (worklist.flags_json <> '[]' and ${ASKING})) and not ${ANSWERED}`,
  values: [ANSWERING],
};

const REVIEW: Readonly<Record<Given['review'], SqlCondition>> = {
  needed: NEEDS_REVIEW,
  done: { sql: 'worklist.review_id is not null', values: [] },
  none: { sql: 'worklist.review_id is null', values: [] },
};

const MOST_WORDS = 8;

/** Every word somewhere in the texts of the series, whatever its case and accents. */
function withWords(text: string): SqlCondition {
  const words = foldedName(text)
    .split(' ')
    .filter((word) => word !== '');
  const [first, rest] = [words.slice(0, MOST_WORDS - 1), words.slice(MOST_WORDS - 1).join(' ')];
  const pieces = rest === '' ? first : [...first, rest];
  const columns = ['series_text', 'study_text', 'catalogue_text'];
  const each = pieces.map(() => `(${columns.map(holds).join(' or ')})`);
  // The unary plus leaves the order of the page to its own index.
  return {
    sql: `+worklist.series_id in (select series_id from worklist_texts where ${['true', ...each].join(' and ')})`,
    values: pieces.flatMap((piece) => columns.map(() => piece)),
  };
}

/** What a filter asks of a row of `worklist`; of an empty one, nothing. */
export function conditionsOf(filter: SeriesFilter): readonly SqlCondition[] {
  const names = Object.keys(CONDITIONS) as (keyof Given)[];
  return names.flatMap((name) => {
    const value = filter[name];
    const condition = CONDITIONS[name] as (value: unknown, filter: SeriesFilter) => SqlCondition;
    return value === undefined ? [] : [condition(value, filter)];
  });
}

/** The end of a statement: all conditions together. */
export function whereAll(conditions: readonly SqlCondition[]): SqlCondition {
  return {
    sql: conditions.length === 0 ? '' : `where ${conditions.map(({ sql }) => `(${sql})`).join(' and ')}`,
    values: conditions.flatMap(({ values }) => values),
  };
}
