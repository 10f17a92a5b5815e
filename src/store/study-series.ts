import type { DecisionKind } from '../core/decision/decision.ts';
import type { ObservedOrientation } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Reader } from './database.ts';

/** A series beside others of its study. */
export interface StudySeries {
  readonly id: number;
  readonly seriesInstanceUid: string;
  readonly seriesNumber: number | null;
  readonly seriesDescription: string | null;
  readonly kind: SequenceKind | null;
  readonly decision: DecisionKind | null;
  readonly observedCode: ObservedOrientation | null;
  /** Stack groups that any decision on it was for. */
  readonly stackGroups: readonly number[];
  /** Null where it has none, or where its instances do not agree. */
  readonly frameOfReferenceUid: string | null;
}

type Row = Omit<StudySeries, 'stackGroups'> & { readonly stackGroups: string };

/** In the order in which they first arrived. */
export async function seriesOfOneStudy(reader: Reader, studyInstanceUid: string): Promise<readonly StudySeries[]> {
  const rows = await reader.all<Row>(
    `select series.id, series.series_instance_uid as "seriesInstanceUid",
        worklist_texts.series_number as "seriesNumber", worklist_texts.series_description as "seriesDescription",
        series.kind, decisions.decision, decisions.observed_code as "observedCode",
        (select json_group_array(distinct stack_group_id) from decisions as any_decision
          where any_decision.series_id = series.id and stack_group_id is not null) as "stackGroups",
        (select iif(count(frame_of_reference_uid) = count(*) and min(frame_of_reference_uid) = max(frame_of_reference_uid),
            min(frame_of_reference_uid), null) from instances where instances.series_id = series.id)
          as "frameOfReferenceUid"
      from series left join worklist_texts on worklist_texts.series_id = series.id
        left join decisions on decisions.id = series.decision_id
      where series.study_instance_uid = ? order by series.id`,
    [studyInstanceUid],
  );
  return rows.map((row) => ({ ...row, stackGroups: JSON.parse(row.stackGroups) as number[] }));
}

/** Instance Number of received instances by their id, as far as they are in the catalogue. */
export async function instanceNumbers(
  reader: Reader,
  instanceIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await reader.all<{ id: number; number: number }>(
    `select instance_id as id, max(instance_number) as number from catalogue_instances
      where instance_id in (select value from json_each(?)) and instance_number is not null group by instance_id`,
    [JSON.stringify(instanceIds)],
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}
