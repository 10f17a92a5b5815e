import { join } from 'node:path';
import type { Decision } from '../core/decision/decision.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import type { Correction } from '../core/orientation/d4.ts';
import { type CarriedOut, derivationRecord, removeTurned, turnSeries } from './carry-out.ts';
import type { JudgedSeries } from './decide-group.ts';
import { earlierRecord } from './decided-derivation.ts';
import { mergedFlags, type NodeContext } from './node-context.ts';

type Turning = Decision & { readonly correction: Correction };

/** When a group is carried out: names the folders of its results. */
export interface Attempt {
  readonly at: number;
  /** Tells apart what several may attempt at the same moment. */
  readonly mark?: string;
}

/** What becomes of one series by a decision for its group. */
export interface Outcome {
  readonly series: JudgedSeries;
  readonly carriedOut: CarriedOut | undefined;
  readonly final: Decision;
  readonly derivation: ReturnType<typeof derivationRecord> | undefined;
}

/** Some scanners make one series per slice: where one series cannot be turned, the whole stack leaves as it came. */
export async function carryOutTogether(
  members: readonly JudgedSeries[],
  decision: Decision,
  attempt: Attempt,
  context: NodeContext,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const series of members) outcomes.push(await carryOut(series, decision, attempt, context));
  const failure = outcomes.map(({ carriedOut }) => carriedOut).find((one) => one?.turned === false);
  if (failure === undefined || failure.turned) return outcomes;
  return Promise.all(
    outcomes.map(async (outcome): Promise<Outcome> => {
      if (outcome.carriedOut?.turned !== true) return outcome;
      await removeTurned(join(context.dataDir, resultsFolder(outcome.series, attempt)), context);
      const why = `in another series of the stack, ${failure.why}`;
      const carriedOut = { turned: false, flag: failure.flag, why } as const;
      return { ...outcome, carriedOut, final: passingInstead(decision, carriedOut), derivation: undefined };
    }),
  );
}

async function carryOut(
  series: JudgedSeries,
  decision: Decision,
  attempt: Attempt,
  context: NodeContext,
): Promise<Outcome> {
  if (decision.decision !== 'standardize' || decision.correction === undefined) {
    const held = decision.decision === 'hold-for-review' && series.route.mode === 'observe';
    const final = held ? observed({ ...decision, decision: 'pass-through' }) : decision;
    return { series, carriedOut: undefined, final, derivation: undefined };
  }
  const turning: Turning = { ...decision, correction: decision.correction };
  const record = await recordFor(turning, series, attempt, context);
  if (series.route.mode === 'observe') {
    return { series, carriedOut: undefined, final: observed(decision), derivation: record };
  }
  const folder = resultsFolder(series, attempt);
  const { instances } = series.open;
  const carriedOut = await turnSeries(
    { instances, kind: series.kind, correction: turning.correction, record, folder },
    context,
  );
  if (carriedOut.turned) {
    const flags = mergedFlags(decision.flags, carriedOut.flags);
    return { series, carriedOut, final: { ...decision, flags }, derivation: record };
  }
  return { series, carriedOut, final: passingInstead(decision, carriedOut), derivation: undefined };
}

async function recordFor(
  turning: Turning,
  { open, route }: JudgedSeries,
  { at }: Attempt,
  context: NodeContext,
): Promise<DerivationRecord> {
  const turn = { seriesId: open.series.id, method: 'reorient', correction: turning.correction } as const;
  const before = await earlierRecord(context.db, turn);
  if (before !== undefined && route.uidPolicy === 'derive') return before;
  return derivationRecord(turning, { route, callingAeTitle: open.instances[0]?.callingAeTitle ?? '', at }, context);
}

function observed(decision: Decision): Decision {
  const reason = `Observe mode: it is forwarded as received. Otherwise: ${decision.reason}`;
  return { ...decision, flags: mergedFlags(decision.flags, ['observe']), reason };
}

/** The clinic gets the original bytes, and the audit says why (fail open, visibly). */
function passingInstead(decision: Decision, { flag, why }: Extract<CarriedOut, { turned: false }>): Decision {
  const { correction: _, ...rest } = decision;
  return {
    ...rest,
    decision: 'pass-through',
    flags: mergedFlags(decision.flags, [flag]),
    reason: `It should have been turned, but this failed and it was forwarded as received: ${why}.`,
    metricReason: 'cannot-reorient',
  };
}

/** Takes away the derived files of series that are not on record. */
export async function removeOutcomes(
  outcomes: readonly Outcome[],
  attempt: Attempt,
  context: NodeContext,
): Promise<void> {
  for (const { series, carriedOut } of outcomes) {
    if (carriedOut?.turned === true) await removeTurned(join(context.dataDir, resultsFolder(series, attempt)), context);
  }
}

function resultsFolder({ open }: JudgedSeries, { at, mark }: Attempt): string {
  return `results/${open.series.id}-${at}${mark === undefined ? '' : `-${mark}`}`;
}
