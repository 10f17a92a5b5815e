import type { Decision } from '../core/decision/decision.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { Transaction } from '../store/database.ts';
import type { InstanceRecord } from '../store/instances.ts';
import { seriesInOtherFrames } from '../store/series.ts';
import type { JudgedSeries } from './decide-group.ts';
import type { NodeContext } from './node-context.ts';

/** What of the study so far lies in another patient frame than a series that is turned. */
export async function othersLeftBehind(
  tx: Transaction,
  { open }: JudgedSeries,
  decision: Decision,
): Promise<readonly string[]> {
  const { frameOfReferenceUid } = open;
  if (decision.decision !== 'standardize' || frameOfReferenceUid === undefined) return [];
  return seriesInOtherFrames(tx, { studyInstanceUid: open.series.studyInstanceUid, frameOfReferenceUid });
}

/** AE titles of the scanners that sent instances, or names of the users that did by STOW-RS, each once. */
export function sendersOf(instances: readonly Pick<InstanceRecord, 'callingAeTitle'>[]): readonly string[] {
  return [...new Set(instances.map(({ callingAeTitle }) => callingAeTitle))].filter((one) => one !== '');
}

/** How many of what was queued go to each destination. */
export function countsOf(queued: readonly { readonly destination: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { destination } of queued) counts[destination] = (counts[destination] ?? 0) + 1;
  return counts;
}

/** What the audit trail keeps of a decision. */
export function auditEntry(
  { open, route }: JudgedSeries,
  decision: Decision,
  about: { readonly at: number; readonly decisionId: number; readonly leftInOtherFrames: readonly string[] },
): AuditEntry {
  const { studyInstanceUid, seriesInstanceUid } = open.series;
  const { at, decisionId, leftInOtherFrames } = about;
  return {
    at,
    event: 'series-decided',
    actor: 'node',
    subject: { studyInstanceUid, seriesInstanceUid },
    detail: {
      decisionId,
      decision: decision.decision,
      mode: route.mode,
      observedCode: decision.observedCode ?? null,
      correction: decision.correction ?? null,
      flags: decision.flags,
      instances: open.instances.length,
      leftInOtherFrames,
    },
  };
}

const ALERTS: ReadonlySet<string> = new Set(['contradiction', 'duplicate-uid', 'proof-failed']);

/** Contradictions, and what is left behind of a turned series, are alerts; everything else is news. */
export function tell({ open, kind, route }: JudgedSeries, decision: Decision, { log }: NodeContext): void {
  const { seriesInstanceUid } = open.series;
  const { flags, reason, observedCode, correction } = decision;
  const details = {
    seriesInstanceUid,
    kind,
    mode: route.mode,
    decision: decision.decision,
    observedCode,
    correction,
    flags,
    reason,
  };
  const alert = flags.some((flag) => ALERTS.has(flag)) || (flags.includes('late') && flags.includes('mixed-planes'));
  if (alert) log.warn('series-decided', { ...details, alert: true });
  else log.info('series-decided', details);
}
