import { mergedFlags } from '../app/node-context.ts';
import { evidenceOf, settledFrameOf, settlesFrame, splitByPicture } from '../app/series-evidence.ts';
import type { Decision, Evidence } from '../core/decision/decision.ts';
import { decide } from '../core/decision/policy.ts';
import type { PictureFrame } from '../core/geometry/frame.ts';
import { groupSeries } from '../core/series/stack-group.ts';
import type { FolderContext } from './folder-context.ts';
import type { FolderSeries } from './folder-series.ts';
import { type JudgedSeries, judgeSeries } from './judge-series.ts';

/** Series that were decided together. */
export interface DecidedGroup {
  readonly members: readonly JudgedSeries[];
  readonly evidence: Evidence;
  readonly decision: Decision;
}

/**
 * Recognises and decides the series of a folder as the node does: in stack groups, one after the other. `carryOut` gives
 * back what became of the decision, since only what was carried out is evidence for the next group of its study.
 */
export async function decideSeries(
  series: readonly FolderSeries[],
  context: FolderContext,
  carryOut: (group: DecidedGroup) => Promise<readonly Decision[]>,
): Promise<void> {
  const { correlation, thresholds, decision: rules } = context.settings;
  const settledIn = new Map<string, PictureFrame[]>();
  for (const group of groupSeries(series)) {
    const judged: JudgedSeries[] = [];
    for (const member of group) judged.push(await judgeSeries(member, context));
    for (const { members, split } of splitByPicture(judged, correlation)) {
      const [first] = members as readonly [JudgedSeries];
      const patientFrame = `${first.series.studyInstanceUid}|${first.series.frameOfReferenceUid ?? ''}`;
      const settled = first.series.frameOfReferenceUid === undefined ? [] : (settledIn.get(patientFrame) ?? []);
      const evidence = evidenceOf(members, { correlation, settled });
      const decision = decide(evidence, thresholds, rules);
      const flags = mergedFlags(decision.flags, split ? ['group-split'] : []);
      const carriedOut = await carryOut({ members, evidence, decision: { ...decision, flags } });
      const frames = carriedOut.flatMap((one) => frameOf(first.series, one) ?? []);
      if (first.series.frameOfReferenceUid !== undefined) settledIn.set(patientFrame, [...settled, ...frames]);
    }
  }
}

function frameOf({ plane }: FolderSeries, decision: Decision): PictureFrame | undefined {
  return plane !== undefined && decision.observedCode !== undefined && settlesFrame(decision)
    ? settledFrameOf(plane, decision.observedCode)
    : undefined;
}
