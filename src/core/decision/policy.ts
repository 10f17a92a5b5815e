import { correctionFor, isMirror } from '../orientation/d4.ts';
import type { HeaderOpinion } from '../orientation/header-opinion.ts';
import { type Decision, type Evidence, type GivenEvidence, type HeaderSummary, usableHeader } from './decision.ts';
import type { Finding } from './finding.ts';
import type { Flag } from './flags.ts';
import { bestOf } from './fusion.ts';
import { judgeWithHeader } from './header-case.ts';
import { judgeWithoutGeometry } from './picture-alone.ts';
import { pictureAngle } from './picture-angle.ts';
import type { PooledOpinion } from './pooling.ts';
import { reasonText } from './reason-text.ts';
import type { DecisionSettings, DecisionThresholds } from './thresholds.ts';

/** A plane that no short axis of a usual heart has: never turned. A sure picture of a heart there may be a mirrored one. */
function judgeWeakSide(pooled: PooledOpinion, header: HeaderOpinion, thresholds: DecisionThresholds): Finding {
  const picture = bestOf(pooled.probabilities);
  const sure = picture.probability >= thresholds.pictureSure && !pooled.contradictory;
  const otherSide = isMirror(picture.code) !== header.side < 0;
  const variant = sure && (isMirror(picture.code) || otherSide);
  const reason = variant ? 'possible-situs-variant' : 'not-short-axis';
  return { action: 'pass-through', reason, flags: [reason], observedCode: picture.code };
}

interface Rules {
  readonly thresholds: DecisionThresholds;
  readonly settings: DecisionSettings;
}

function judge(evidence: Evidence, rules: Rules): Finding {
  const { pooled, settled, positions } = evidence;
  const { thresholds } = rules;
  if (evidence.kind === 'other') return { action: 'pass-through', reason: 'not-eligible', flags: [] };
  const header = usableHeader(evidence);
  const noGeometry: readonly Flag[] = header === undefined ? ['no-geometry'] : [];
  if (evidence.mixedPlanes) return { action: 'pass-through', reason: 'mixed-planes', flags: noGeometry };
  // What is compressed or broken is not shown to the recogniser: that is no failure of it.
  if (pooled === undefined && evidence.unturnable !== undefined) {
    return { action: 'pass-through', reason: 'cannot-reorient', flags: noGeometry };
  }
  if (pooled === undefined) {
    return { action: 'pass-through', reason: 'classifier-failed', flags: ['classifier-failed', ...noGeometry] };
  }
  // Written so that a score that is not a number is a score that is too low. A model without one leaves it to the header.
  if (pooled.sax !== undefined && !(pooled.sax >= thresholds.sax)) {
    return { action: 'pass-through', reason: 'not-short-axis', flags: ['not-short-axis', ...noGeometry] };
  }
  if (header === undefined) return judgeWithoutGeometry(evidence, pooled, rules);
  if (!(Math.abs(header.side) >= thresholds.sideStrong)) return judgeWeakSide(pooled, header, thresholds);
  return judgeWithHeader({ pooled, header, settled, positions, ...rules });
}

/** What forbids turning the series, whatever it shows, in the order in which a person should hear of it. */
function obstaclesOf(evidence: Evidence): readonly ('duplicate-uid' | 'mixed-planes' | 'cannot-reorient')[] {
  const eligible = evidence.kind !== 'other';
  return [
    ...(evidence.duplicateUid ? (['duplicate-uid'] as const) : []),
    ...(evidence.mixedPlanes && eligible ? (['mixed-planes'] as const) : []),
    ...(evidence.unturnable !== undefined && eligible ? (['cannot-reorient'] as const) : []),
  ];
}

function summaryOf(evidence: Evidence): { readonly header?: HeaderSummary } {
  const header = usableHeader(evidence);
  if (header === undefined) return {};
  const { code, angleDegrees, side, geodesicDegrees } = header;
  return { header: { code, angleDegrees, side, geodesicDegrees } };
}

function givenBy({ pooled, positions, settled }: Evidence): GivenEvidence {
  const picture =
    pooled === undefined
      ? null
      : { probabilities: pooled.probabilities, code: bestOf(pooled.probabilities).code, positions };
  return { picture, settled: settled ?? null };
}

/** The policy: what is known about one stack, and the site's rules, to one decision. Pure (DESIGN §4). */
export function decide(evidence: Evidence, thresholds: DecisionThresholds, settings: DecisionSettings): Decision {
  const finding = judge(evidence, { thresholds, settings });
  const obstacles = obstaclesOf(evidence);
  const [obstacle] = obstacles;
  const stopped = obstacle !== undefined && finding.action !== 'pass-through';
  const decision = obstacle === undefined ? finding.action : 'pass-through';
  const angle = pictureAngle(evidence, finding.observedCode, thresholds);
  return {
    decision,
    ...(finding.observedCode === undefined ? {} : { observedCode: finding.observedCode }),
    ...(decision === 'standardize' && finding.observedCode !== undefined
      ? { correction: correctionFor(finding.observedCode) }
      : {}),
    flags: [...obstacles, ...finding.flags],
    reason: reasonText(evidence, { ...finding, ...angle }, obstacles),
    metricReason: stopped ? obstacle : finding.reason,
    ...(finding.fused === undefined ? {} : { fused: finding.fused }),
    ...(evidence.pooled?.sax === undefined ? {} : { sax: evidence.pooled.sax }),
    ...summaryOf(evidence),
    ...angle,
    given: givenBy(evidence),
  };
}
