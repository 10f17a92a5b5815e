import type { Decision } from '../../core/decision/decision.ts';
import type { Correction } from '../../core/orientation/d4.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import { type JudgedSeries, judge, verdictsOn } from '../decide-group.ts';
import type { NodeContext } from '../node-context.ts';
import { OpenSeries } from '../open-series.ts';
import { type BatchDuty, BatchStopped } from './batch-duty.ts';
import { type DecidedSeries, framesOfOthers } from './decided-group.ts';

/** What the present model, thresholds and routes say of series that were judged together. */
export interface VerdictAgain {
  readonly decision: Decision;
  readonly members: readonly { readonly judged: JudgedSeries; readonly decided: DecidedSeries }[];
}

/**
 * Judges decided series as if they had just arrived; their own standing decisions are no evidence.
 * @returns undefined where the recogniser gave no answer: that is no reason to decide otherwise
 * @throws BatchStopped, NodeError database-failed
 */
export async function judgeAgain(
  decided: readonly DecidedSeries[],
  { closing }: Pick<BatchDuty, 'closing'>,
  context: NodeContext,
): Promise<readonly VerdictAgain[] | undefined> {
  const judged: JudgedSeries[] = [];
  const bySeries = new Map(decided.map((one) => [one.series.id, one]));
  // One after the other: a group may have hundreds of series, and each has pictures in memory while it is recognised.
  for (const { series, instances } of decided) {
    const open = new OpenSeries(series, context.settings.kindRules);
    open.instances.push(...instances);
    judged.push(await judge(open, context));
    if (closing.aborted) throw new BatchStopped();
  }
  if (judged.some(({ predictions }) => predictions === undefined)) return undefined;
  const frames = (members: readonly JudgedSeries[]) => framesOfOthers(decided, members, context);
  const verdicts: VerdictAgain[] = [];
  for await (const { members, decision } of verdictsOn(judged, frames, context)) {
    if (decision.metricReason === 'classifier-failed') return undefined;
    const both = members.map((one) => ({
      judged: one,
      decided: bySeries.get(one.open.series.id) as DecidedSeries,
    }));
    verdicts.push({ decision, members: both });
  }
  return verdicts;
}

/** What counts of a decision when it is compared with another. */
type Compared = Pick<DecisionRecord, 'decision' | 'mode' | 'observedCode' | 'correction'>;

/** What would come of the verdict on the route of a series; observing holds nothing back. */
export function outcomeOf({ decision: verdict }: Pick<VerdictAgain, 'decision'>, { route }: JudgedSeries): Compared {
  const { decision, observedCode = null, correction = null } = verdict;
  const released = decision === 'hold-for-review' && route.mode === 'observe';
  return { decision: released ? 'pass-through' : decision, mode: route.mode, observedCode, correction };
}

/** The derived pictures leave, by this correction; undefined where the received ones do. */
export function turnedBy({ decision, mode, correction }: Compared): Correction | undefined {
  return decision === 'standardize' && mode === 'standardize' ? (correction ?? undefined) : undefined;
}

/**
 * The verdict is to take the place of the decision that stands. Where nothing is turned either way, another mode alone
 * changes nothing; and what left already is not held.
 */
export function differs(verdict: VerdictAgain, { judged, decided }: VerdictAgain['members'][number]): boolean {
  const [old, now] = [decided.standing, outcomeOf(verdict, judged)];
  if (now.decision === 'hold-for-review') return false;
  const sameMode = now.decision !== 'standardize' || now.mode === old.mode;
  return now.decision !== old.decision || now.correction !== old.correction || !sameMode;
}
