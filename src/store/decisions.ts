import type { DecisionKind, DecisionReason, HeaderSummary } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { DecisionThresholds } from '../core/decision/thresholds.ts';
import type { DerivationMethod } from '../core/derivation/derived-uid.ts';
import type { Correction, ObservedOrientation } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { SqlRow, SqlValue } from './connection.ts';
import type { Reader, Transaction } from './database.ts';
import { STACK_GROUPS, type StackGroupRecord } from './stack-groups.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';

/** What was decided for one series and why. Never changed, only superseded. */
export interface DecisionRecord {
  readonly id: number;
  readonly seriesId: number;
  readonly stackGroupId: number | null;
  readonly decidedAt: number;
  readonly decision: DecisionKind;
  readonly mode: 'observe' | 'standardize';
  readonly observedCode: ObservedOrientation | null;
  readonly correction: Correction | null;
  readonly kind: SequenceKind;
  /** A plain sentence. */
  readonly reason: string;
  /** The same in one word, for counting. */
  readonly metricReason: DecisionReason;
  readonly flags: readonly Flag[];
  readonly probabilities: readonly number[] | null;
  readonly sax: number | null;
  readonly header: HeaderSummary | null;
  /** Of the picture as corrected by the observed code, and how far it is from the header's: see Decision. */
  readonly angleDegrees: number | null;
  readonly angleDifferenceDegrees: number | null;
  /** The thresholds in force. */
  readonly thresholds: DecisionThresholds;
  readonly modelName: string | null;
  readonly modelVersion: string | null;
  readonly modelSha256: string | null;
  readonly provider: string | null;
  readonly softwareVersion: string;
  /** Id of the decision that this one takes the place of. */
  readonly supersedes: number | null;
  /** Dates and texts of the derived files, whose bytes are a function of the source bytes and this record. */
  readonly derivation: object | null;
  /** `relabel`: the header first, as a person asserted; see DerivationMethod. */
  readonly method: DerivationMethod;
  /** The person whose decision it is, or null where it is the node's. */
  readonly byPerson: string | null;
  /** What the policy was given besides what has a field of its own. */
  readonly evidence: object | null;
  readonly manifestSha256: string | null;
}

export type NewDecision = Omit<DecisionRecord, 'id'>;

export const DECISIONS: TableShape<DecisionRecord> = {
  table: 'decisions',
  fields: {
    id: 'plain',
    seriesId: 'plain',
    stackGroupId: 'plain',
    decidedAt: 'plain',
    decision: 'plain',
    mode: 'plain',
    observedCode: 'plain',
    correction: 'plain',
    kind: 'plain',
    reason: 'plain',
    metricReason: 'plain',
    flags: 'json',
    probabilities: 'json',
    sax: 'plain',
    header: 'json',
    angleDegrees: 'plain',
    angleDifferenceDegrees: 'plain',
    thresholds: 'json',
    modelName: 'plain',
    modelVersion: 'plain',
    modelSha256: 'plain',
    provider: 'plain',
    softwareVersion: 'plain',
    supersedes: 'plain',
    derivation: 'json',
    method: 'plain',
    byPerson: 'plain',
    evidence: 'json',
    manifestSha256: 'plain',
  },
};

const SELECT = `select ${selectList(DECISIONS)} from decisions`;

async function select(reader: Reader, where: string, parameters: readonly SqlValue[]): Promise<DecisionRecord[]> {
  return (await reader.all(`${SELECT} ${where}`, parameters)).map((row) => toRecord(DECISIONS, row));
}

export async function insertDecision(tx: Transaction, decision: NewDecision): Promise<number> {
  const [id] = await insertRecords(tx, DECISIONS, [decision]);
  return id!;
}

export async function decisionById(reader: Reader, id: number): Promise<DecisionRecord | undefined> {
  return (await select(reader, 'where id = ?', [id]))[0];
}

/** The newest decision of a series. */
export async function latestDecision(reader: Reader, seriesId: number): Promise<DecisionRecord | undefined> {
  return (await select(reader, 'where series_id = ? order by id desc limit 1', [seriesId]))[0];
}

/** All decisions of one series, oldest first: the last one stands. */
export function decisionsOfSeries(reader: Reader, seriesId: number): Promise<readonly DecisionRecord[]> {
  return select(reader, 'where series_id = ? order by id', [seriesId]);
}

/** All decisions of the series with this UID, oldest first. */
export async function decisionsBySeriesUid(
  reader: Reader,
  seriesInstanceUid: string,
): Promise<readonly DecisionRecord[]> {
  const where = 'where series_id in (select id from series where series_instance_uid = ?) order by id';
  return select(reader, where, [seriesInstanceUid]);
}

/** The decisions that hold a series back now, oldest first. */
export async function standingHolds(reader: Reader): Promise<readonly DecisionRecord[]> {
  const join = 'join series on series.id = decisions.series_id and series.decision_id = decisions.id';
  return select(reader, `${join} where decisions.decision = 'hold-for-review' order by decisions.decided_at`, []);
}

/** A decision that stands, with what it says about the patient frame of other series of the study. */
export interface SettledSeries {
  readonly seriesInstanceUid: string;
  readonly decision: DecisionRecord;
  /** Null where the series belongs to no stack group (it is no short axis, or has no geometry). */
  readonly stackGroup: StackGroupRecord | null;
}

/** The standing decisions of a study, in the order in which its series first arrived. */
export async function decidedInStudy(reader: Reader, studyInstanceUid: string): Promise<readonly SettledSeries[]> {
  const decisions = (await reader.all(
    `select ${selectList(DECISIONS)}, series.series_instance_uid as "ofSeries"
      from series join decisions on decisions.id = series.decision_id
      where series.study_instance_uid = ? order by series.id`,
    [studyInstanceUid],
  )) as readonly SqlRow[];
  const groups = await reader.all(`select ${selectList(STACK_GROUPS)} from stack_groups where study_instance_uid = ?`, [
    studyInstanceUid,
  ]);
  const byId = new Map(groups.map((row) => [row['id'], toRecord(STACK_GROUPS, row)]));
  return decisions.map(({ ofSeries, ...row }) => {
    const decision = toRecord(DECISIONS, row);
    const stackGroup = decision.stackGroupId === null ? null : (byId.get(decision.stackGroupId) ?? null);
    return { seriesInstanceUid: String(ofSeries), decision, stackGroup };
  });
}

/** When each series of a study was decided for the first time: the id of that decision, by the id of the series. */
export async function firstDecisions(reader: Reader, studyInstanceUid: string): Promise<ReadonlyMap<number, number>> {
  const rows = await reader.all<{ series: number; decision: number }>(
    `select series.id as series, min(decisions.id) as decision
      from series join decisions on decisions.series_id = series.id
      where series.study_instance_uid = ? group by series.id`,
    [studyInstanceUid],
  );
  return new Map(rows.map(({ series, decision }) => [series, decision]));
}
