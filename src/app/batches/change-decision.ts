import { randomUUID } from 'node:crypto';
import { NodeError } from '../../core/errors.ts';
import { personsDecisions } from '../../store/batches.ts';
import type { Transaction } from '../../store/database.ts';
import { concernedDestinations } from '../../store/outbox.ts';
import { seriesByIds } from '../../store/series.ts';
import { type Attempt, carryOutTogether, type Outcome, removeOutcomes } from '../carry-out-together.ts';
import type { NodeContext } from '../node-context.ts';
import { newStackGroup, recordOutcome } from '../record-decision.ts';
import { countsOf } from '../tell-decision.ts';
import { decidedInstances } from './decided-group.ts';
import { differs, outcomeOf, turnedBy, type VerdictAgain } from './judge-again.ts';

type Member = VerdictAgain['members'][number];

/** A verdict that changes something, carried out on the disk and not yet on record. */
export interface Carried {
  readonly verdict: VerdictAgain;
  readonly outcomes: readonly Outcome[];
  readonly attempt: Attempt;
}

/**
 * Turns what the verdict turns, all series of it together.
 * @returns why not, where one cannot be turned: then nothing is left on the disk
 */
export async function carryOutVerdict(
  verdict: VerdictAgain,
  context: NodeContext,
): Promise<Carried | { readonly why: string }> {
  const attempt = { at: context.now(), mark: `again-${randomUUID()}` };
  const members = verdict.members.map(({ judged }) => judged);
  const outcomes = await carryOutTogether(members, verdict.decision, attempt, context);
  const failure = outcomes.map(({ carriedOut }) => carriedOut).find((one) => one?.turned === false);
  return failure?.turned === false ? { why: failure.why } : { verdict, outcomes, attempt };
}

export interface Recorded {
  readonly member: Member;
  readonly outcome: Outcome;
  readonly queued: Readonly<Record<string, number>>;
  readonly deliveryIds: readonly number[];
}

/**
 * Puts on record what the verdict changes: of each series that it decides otherwise, the new decision in place of the one
 * that stands.
 * @throws NodeError conflict (since it was judged, a series was decided anew, got instances, or a person agreed with what
 *   stands of it), database-failed
 */
export async function recordChanges(
  tx: Transaction,
  { verdict, outcomes, attempt }: Carried,
  order: { readonly destinations: readonly string[]; readonly by: string; readonly detail: object },
  context: NodeContext,
): Promise<readonly Recorded[]> {
  const recorded: Recorded[] = [];
  const decided = verdict.members.map((member) => member.decided);
  const byPersons = await personsDecisions(
    tx,
    decided.map(({ series }) => series.id),
  );
  const reviewed = decided.find(({ standing }) => byPersons.has(standing.id));
  if (reviewed !== undefined) {
    const subject = { seriesInstanceUid: reviewed.series.seriesInstanceUid };
    throw new NodeError('conflict', 'a person reviewed the series meanwhile', { subject });
  }
  let stackGroupId = sharedStackGroup(verdict);
  for (const [i, member] of verdict.members.entries()) {
    if (!differs(verdict, member)) continue;
    const { standing, series, instances } = member.decided;
    const now = await decidedInstances(tx, series.id);
    if (now.length !== instances.length) {
      const subject = { seriesInstanceUid: series.seriesInstanceUid };
      throw new NodeError('conflict', 'instances of the series arrived meanwhile', { subject });
    }
    const outcome = outcomes[i] as Outcome;
    stackGroupId ??= await newStackGroup(tx, member.judged);
    const leavesTheSame = leavesAsReceived(verdict, member);
    const replacing = { ...order, standing, leavesTheSame };
    const sent = await recordOutcome(tx, outcome, { at: attempt.at, stackGroupId, context, replacing });
    const queued = countsOf(sent.queued);
    recorded.push({ member, outcome, queued, deliveryIds: sent.deliveryIds });
  }
  return recorded;
}

/** They stay one stack, unless their pictures were found not to be one, or they are of another kind now. */
function sharedStackGroup({ decision, members }: VerdictAgain): number | undefined {
  const [first] = members;
  const same = first !== undefined && first.judged.kind === first.decided.standing.kind;
  return same && !decision.flags.includes('group-split')
    ? (first.decided.standing.stackGroupId ?? undefined)
    : undefined;
}

/** Takes away the files of what did not come on record, or changes nothing. A failing database tells nothing: they stay. */
export async function removeUnrecorded({ verdict, outcomes, attempt }: Carried, context: NodeContext): Promise<void> {
  const ids = verdict.members.map(({ decided }) => decided.series.id);
  const now = new Map((await seriesByIds(context.db, ids).catch(() => [])).map((one) => [one.id, one.decisionId]));
  const left = outcomes.filter((_, i) => {
    const { series, standing } = (verdict.members[i] as Member).decided;
    return now.get(series.id) === standing.id;
  });
  await removeOutcomes(left, attempt, context);
}

function leavesAsReceived(verdict: VerdictAgain, { judged, decided }: Member): boolean {
  return turnedBy(decided.standing) === undefined && turnedBy(outcomeOf(verdict, judged)) === undefined;
}

/** How many instances a change would send, by destination. */
export async function instancesToSend(
  verdict: VerdictAgain,
  member: Member,
  { destinations, db }: { readonly destinations: readonly string[] } & Pick<NodeContext, 'db'>,
): Promise<Readonly<Record<string, number>>> {
  if (leavesAsReceived(verdict, member)) return {};
  const { route } = member.judged;
  const { series, instances } = member.decided;
  const concerned = (await concernedDestinations(db, series.id)).filter((name) => destinations.includes(name));
  const both = route.archiveOriginals && route.uidPolicy === 'derive';
  const turned = turnedBy(outcomeOf(verdict, member.judged)) !== undefined;
  const count = instances.length * (turned && both ? 2 : 1);
  return Object.fromEntries([...new Set([...route.destinations, ...concerned])].map((name) => [name, count]));
}
