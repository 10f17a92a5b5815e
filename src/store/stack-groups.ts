import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Reader, Transaction } from './database.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';

/** Short-axis series of one study, frame of reference and kind with parallel slices: they are decided together. */
export interface StackGroupRecord {
  readonly id: number;
  readonly studyInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly kind: SequenceKind;
  /** A plane of the group; its normal tells which series belong to it. */
  readonly plane: ImagePlane;
}

export const STACK_GROUPS: TableShape<StackGroupRecord> = {
  table: 'stack_groups',
  fields: { id: 'plain', studyInstanceUid: 'plain', frameOfReferenceUid: 'plain', kind: 'plain', plane: 'json' },
};

export async function insertStackGroup(tx: Transaction, group: Omit<StackGroupRecord, 'id'>): Promise<number> {
  const [id] = await insertRecords(tx, STACK_GROUPS, [group]);
  return id!;
}

export async function stackGroupsOfStudy(
  reader: Reader,
  studyInstanceUid: string,
): Promise<readonly StackGroupRecord[]> {
  const sql = `select ${selectList(STACK_GROUPS)} from stack_groups where study_instance_uid = ? order by id`;
  return (await reader.all(sql, [studyInstanceUid])).map((row) => toRecord(STACK_GROUPS, row));
}
