import { type DecisionDetail, decisionDetail } from '../../api/series-detail.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import { moment } from './moment.ts';

/** A decision as it is on record, and what it was based on as far as that was kept. */
export function decisionShown(record: DecisionRecord): DecisionDetail {
  return {
    id: record.id,
    decidedAt: moment(record.decidedAt),
    decision: record.decision,
    mode: record.mode,
    method: record.method,
    by: record.byPerson,
    observedCode: record.observedCode,
    correction: record.correction,
    kind: record.kind,
    reason: record.reason,
    flags: [...record.flags],
    probabilities: record.probabilities === null ? null : [...record.probabilities],
    picture: evidenceOf(record, 'picture'),
    sax: record.sax,
    angleDegrees: record.angleDegrees,
    angleDifferenceDegrees: record.angleDifferenceDegrees,
    header: record.header,
    settled: evidenceOf(record, 'settled'),
    thresholds: { ...record.thresholds },
    modelName: record.modelName,
    modelVersion: record.modelVersion,
    modelSha256: record.modelSha256,
    manifestSha256: record.manifestSha256,
    provider: record.provider,
    softwareVersion: record.softwareVersion,
    supersedes: record.supersedes,
  };
}

/** Decisions of earlier versions kept none, and may have kept it otherwise: then there is none to show. */
function evidenceOf<Part extends 'picture' | 'settled'>(
  { evidence }: DecisionRecord,
  part: Part,
): DecisionDetail[Part] {
  const kept = (evidence as Partial<Record<Part, unknown>> | null)?.[part] ?? null;
  const { success, data } = decisionDetail.shape[part].safeParse(kept);
  return (success ? data : null) as DecisionDetail[Part];
}
