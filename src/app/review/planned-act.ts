import type { ActOrder } from '../../api/reviews.ts';
import type { DerivationRecord } from '../../core/derivation/derivation-record.ts';
import type { EdgeLetters } from '../../core/geometry/edge-letters.ts';
import { observed } from '../../core/orientation/d4.ts';
import { type ActPlan, planAct } from '../../core/review/act-decision.ts';
import { leavingLetters } from '../../core/review/leaving-letters.ts';
import type { NodeContext } from '../node-context.ts';
import { headerOf } from '../stored-instance.ts';
import { storedOutput } from '../stored-output.ts';
import { leavingInstances, type SeriesInReview } from './series-in-review.ts';

/** What the act comes to for this series, with what only the disk tells. @throws NodeError storage-failed */
export async function plannedAct(
  { act, code }: Pick<ActOrder, 'act' | 'code'>,
  seen: SeriesInReview,
  context: Pick<NodeContext, 'db' | 'dataDir'>,
): Promise<ActPlan> {
  const plan = planAct({ act, code: code === undefined ? undefined : observed(code) }, seen.situation);
  if (!plan.possible || plan.change === undefined || plan.change.send === 'nothing') return plan;
  // What was received is sent, or is turned: either way it must be there.
  for (const { id: instanceId, file, dataSetOffset, dataSetLength } of leavingInstances(seen.instances)) {
    const output = { instanceId, resultId: null, file, dataSetOffset, dataSetLength };
    const { state } = await storedOutput(output, context, { write: false });
    if (state === 'gone') return { possible: false, why: 'What was received is no longer on the disk.' };
  }
  return plan;
}

/** Letters of the pictures as they leave now, and after the act; null where there is no geometry. */
export function lettersOf(
  { standing, situation, instances }: SeriesInReview,
  plan: ActPlan,
): { readonly before: EdgeLetters | null; readonly after: EdgeLetters | null } {
  const plane = instances.map((record) => headerOf(record).plane).find((one) => one !== undefined);
  if (plane === undefined) return { before: null, after: null };
  const derivation = (standing?.derivation ?? null) as DerivationRecord | null;
  const correction = situation.isTurned ? standing?.correction : undefined;
  const turning = correction ? { correction, assertedOperation: derivation?.assertedOperation } : undefined;
  const before = leavingLetters(plane, turning);
  if (!plan.possible || plan.change === undefined || plan.change.send === 'nothing') {
    return { before, after: before };
  }
  const { send, correction: next, assertedOperation } = plan.change;
  return {
    before,
    after: leavingLetters(plane, send === 'results' && next ? { correction: next, assertedOperation } : undefined),
  };
}
