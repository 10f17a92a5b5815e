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
import { type DecidedSeries, decidedGroup } from './decided-group.ts';
import { differs, judgeAgain, outcomeOf, turnedBy, type VerdictAgain } from './judge-again.ts';

/** How often a group is judged where it changes under the judgement. */
const ATTEMPTS = 3;
const NO_ANSWER = 'The recogniser gave no answer, or its pictures are not on the disk any more: nothing was changed.';
const NOT_WHOLE = 'Another series of its stack failed: nothing was changed.';
const JOINED = 'It was not chosen itself, but is one stack with what was chosen.';

type Ending = Partial<BatchSeriesEnd> & Pick<BatchSeriesEnd, 'state'>;

/**
 * Decides the stack group of one series of a batch again with the present model, thresholds and routes; in a dry run it
 * only tells what would change. All in one transaction.
 * @throws BatchStopped, NodeError database-failed (to be tried again), or what keeps this series from being decided
 */
export async function decideAgainStep(row: BatchSeriesRecord, duty: BatchDuty, context: NodeContext): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await decideOnce(row, duty, context);
    } catch (error) {
      if (!(error instanceof NodeError && error.code === 'conflict') || attempt === ATTEMPTS) throw error;
    }
  }
}

async function decideOnce(row: BatchSeriesRecord, duty: BatchDuty, context: NodeContext): Promise<void> {
  const { members, leftAlone } = await decidedGroup(row.seriesId, context);
  const ids = [...members.map(({ series }) => series.id), ...leftAlone.keys()];
  const rows = await waitingOf(context.db, duty.batch.id, ids);
  const endings = new Map<number, Ending>();
  for (const [id, { standing, why }] of leftAlone) {
    endings.set(id, { state: 'done', before: summaryOf(standing), sentence: why });
  }
  const verdicts = await verdictsOnGroup(members, { rows, endings, duty }, context);
  for (const verdict of verdicts) await endAsJudged(verdict, endings, { duty, context });
  const changing = verdicts.filter((verdict) => verdict.members.some((member) => differs(verdict, member)));
  const write = async (tx: Transaction): Promise<void> => {
    for (const [seriesId, one] of rows) {
      const ending = endings.get(seriesId);
      if (ending === undefined) throw new RangeError('nothing became of a series that waits');
      await end(tx, one, said(ending, one));
    }
  };
  if (changing.length > 0 && !duty.batch.order.dryRun) await change(changing, { endings, write, duty }, context);
  else await context.db.transaction(write);
}

/** None, and the ends of all of them, where the group cannot be judged as a whole: a stack is never decided in part. */
async function verdictsOnGroup(
  members: readonly DecidedSeries[],
  group: {
    readonly rows: ReadonlyMap<number, BatchSeriesRecord>;
    readonly endings: Map<number, Ending>;
    readonly duty: BatchDuty;
  },
  context: NodeContext,
): Promise<readonly VerdictAgain[]> {
  if (members.length === 0) return [];
  const { rows, endings, duty } = group;
  const isWhole = members.every(({ series }) => rows.has(series.id));
  const verdicts = isWhole ? await judgeAgain(members, duty, context) : undefined;
  if (verdicts !== undefined) return verdicts;
  for (const { series, standing } of members) {
    const sentence = isWhole ? NO_ANSWER : NOT_WHOLE;
    endings.set(series.id, { state: 'failed', before: summaryOf(standing), sentence });
  }
  return [];
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
): Promise<void> {
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
