import { NodeError } from '../../core/errors.ts';
import { type BatchSeriesEnd, type BatchSeriesRecord, waitingOf } from '../../store/batches.ts';
import type { Transaction } from '../../store/database.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import type { NodeContext } from '../node-context.ts';
import { tell } from '../tell-decision.ts';
import { type BatchDuty, end } from './batch-duty.ts';
import {
  type Carried,
  carryOutVerdict,
  instancesToSend,
  type Recorded,
  recordChanges,
  removeUnrecorded,
} from './change-decision.ts';
import { decidedGroup } from './decided-group.ts';
import { differs, judgeAgain, outcomeOf, turnedBy, type VerdictAgain } from './judge-again.ts';

/** How often a group is judged where it changes under the judgement. */
const ATTEMPTS = 3;
const NO_ANSWER = 'The recogniser gave no answer, or its pictures are not on the disk any more: nothing was changed.';
const JOINED = 'It was not chosen itself, but is one stack with what was chosen.';

type Ending = Partial<BatchSeriesEnd> & Pick<BatchSeriesEnd, 'state'>;

/**
 * Decides the stack group of one series of a batch again with the present model, thresholds and routes, as far as it waits
 * in the batch; in a dry run it only tells what would change. All in one transaction.
 * @returns whether something was queued
 * @throws BatchStopped, NodeError database-failed (to be tried again), or what keeps this series from being decided
 */
export async function decideAgainStep(row: BatchSeriesRecord, duty: BatchDuty, context: NodeContext): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await decideOnce(row, duty, context);
    } catch (error) {
      if (!(error instanceof NodeError && error.code === 'conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}

async function decideOnce(row: BatchSeriesRecord, duty: BatchDuty, context: NodeContext): Promise<boolean> {
  const { members, leftAlone } = await decidedGroup(row.seriesId, context);
  const ids = [...members.map(({ series }) => series.id), ...leftAlone.keys()];
  const rows = await waitingOf(context.db, duty.batch.id, ids);
  const endings = new Map<number, Ending>();
  for (const [id, { standing, why }] of leftAlone) {
    endings.set(id, { state: 'done', before: summaryOf(standing), sentence: why });
  }
  const waiting = members.filter(({ series }) => rows.has(series.id));
  const verdicts = waiting.length === 0 ? [] : await judgeAgain(waiting, context);
  for (const { series, standing } of verdicts === undefined ? waiting : []) {
    endings.set(series.id, { state: 'failed', before: summaryOf(standing), sentence: NO_ANSWER });
  }
  for (const verdict of verdicts ?? []) await endAsJudged(verdict, endings, { duty, context });
  const changing = (verdicts ?? []).filter((verdict) => verdict.members.some((member) => differs(verdict, member)));
  const write = async (tx: Transaction): Promise<void> => {
    for (const [seriesId, one] of rows) await end(tx, one, said(endings.get(seriesId) ?? { state: 'failed' }, one));
  };
  if (changing.length > 0 && !duty.batch.order.dryRun) return change(changing, { endings, write, duty }, context);
  await context.db.transaction(write);
  return false;
}

function said(ending: Ending, { joined }: BatchSeriesRecord): Ending {
  const told = [...(joined === 1 ? [JOINED] : []), ...(ending.sentence ? [ending.sentence] : [])];
  return { ...ending, sentence: told.length === 0 ? null : told.join(' ') };
}

/** What a dry run tells; it is also what becomes of those that stay as they are. */
async function endAsJudged(
  verdict: VerdictAgain,
  endings: Map<number, Ending>,
  { duty, context }: { readonly duty: BatchDuty; readonly context: NodeContext },
): Promise<void> {
  for (const member of verdict.members) {
    const { series, standing } = member.decided;
    const after = outcomeOf(verdict, member.judged);
    const changed = differs(verdict, member);
    const held = after.decision === 'hold-for-review';
    endings.set(series.id, {
      state: 'done',
      before: summaryOf(standing),
      after: summaryOf(after),
      changed,
      queued: changed ? await instancesToSend(verdict, member, { ...duty, db: context.db }) : {},
      sentence: changed
        ? `${inWords(standing)} → ${inWords(after)}. ${verdict.decision.reason}`
        : held
          ? `It would be held for review if it arrived now; what left already stays as it is. ${verdict.decision.reason}`
          : 'The same again.',
    });
  }
}

async function change(
  changing: readonly VerdictAgain[],
  {
    endings,
    write,
    duty,
  }: {
    readonly endings: Map<number, Ending>;
    readonly write: (tx: Transaction) => Promise<void>;
    readonly duty: BatchDuty;
  },
  context: NodeContext,
): Promise<boolean> {
  const { batch, destinations } = duty;
  const carried: Carried[] = [];
  try {
    for (const verdict of changing) {
      const one = await carryOutVerdict(verdict, context);
      if ('outcomes' in one) carried.push(one);
      else endNotTurned(verdict, one.why, endings);
    }
    await duty.mayQueue([...new Set([...endings.values()].flatMap(({ queued = {} }) => Object.keys(queued)))]);
    const order = { destinations, by: batch.by, detail: { batchId: batch.id, reason: batch.order.because } };
    const recorded = await context.db.transaction(async (tx) => {
      const all: Recorded[] = [];
      for (const one of carried) all.push(...(await recordChanges(tx, one, order, context)));
      for (const { member, queued, deliveryIds } of all) {
        const { id } = member.decided.series;
        endings.set(id, { ...(endings.get(id) as Ending), queued, deliveryIds });
      }
      await write(tx);
      return all;
    });
    for (const { outcome } of recorded) {
      context.observer.decided(outcome.final, outcome.series.kind);
      tell(outcome.series, outcome.final, context);
    }
    return recorded.some(({ deliveryIds }) => deliveryIds.length > 0);
  } finally {
    for (const one of carried) await removeUnrecorded(one, context);
  }
}

/** Something that fails today is no reason to take back what was right: the decision stands. */
function endNotTurned(verdict: VerdictAgain, why: string, endings: Map<number, Ending>): void {
  for (const { decided } of verdict.members) {
    const { id } = decided.series;
    const { before = null, after = null } = endings.get(id) ?? {};
    const sentence = `It should be turned otherwise, but this failed and nothing was changed: ${why}.`;
    endings.set(id, { state: 'failed', before, after, sentence });
  }
}

function summaryOf(decision: Pick<DecisionRecord, 'decision' | 'observedCode'> | undefined) {
  return decision === undefined ? null : { decision: decision.decision, observedCode: decision.observedCode };
}

function inWords(decision: Parameters<typeof turnedBy>[0]): string {
  const correction = turnedBy(decision);
  if (correction !== undefined) return `Turned (${decision.observedCode})`;
  if (decision.decision === 'standardize') return `Observed as ${decision.observedCode}, left as received`;
  return 'Left as received';
}
