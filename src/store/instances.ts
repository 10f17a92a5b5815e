import type { Flag } from '../core/decision/flags.ts';
import type { SqlRow } from './connection.ts';
import type { Reader, Transaction } from './database.ts';
import { insertRecords, selectList, type TableShape, toRecord } from './table-shape.ts';

/** One instance as it was received. Every version of a SOP Instance UID is a record of its own. */
export interface InstanceRecord {
  /** Grows in order of arrival. */
  readonly id: number;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string | null;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly via: 'dimse' | 'stow';
  /** Milliseconds since 1970 UTC. */
  readonly receivedAt: number;
  /** Path in the spool. */
  readonly file: string;
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
  readonly dataSetSha256: string;
  readonly pixelSha256: string | null;
  /** 1 for the first arrival of the SOP Instance UID, 2 for the next … */
  readonly version: number;
  /** What series tracking and deciding need of the header. */
  readonly header: object;
  readonly seriesId: number;
  readonly state: 'undecided' | 'decided';
  readonly flags: readonly Flag[];
}

export type NewInstance = Omit<InstanceRecord, 'id' | 'version'>;

export const INSTANCES: TableShape<InstanceRecord> = {
  table: 'instances',
  fields: {
    id: 'plain',
    sopInstanceUid: 'plain',
    sopClassUid: 'plain',
    transferSyntaxUid: 'plain',
    studyInstanceUid: 'plain',
    seriesInstanceUid: 'plain',
    frameOfReferenceUid: 'plain',
    callingAeTitle: 'plain',
    calledAeTitle: 'plain',
    via: 'plain',
    receivedAt: 'plain',
    file: 'plain',
    dataSetOffset: 'plain',
    dataSetLength: 'plain',
    dataSetSha256: 'plain',
    pixelSha256: 'plain',
    version: 'plain',
    header: 'json',
    seriesId: 'plain',
    state: 'plain',
    flags: 'json',
  },
};

const SELECT = `select ${selectList(INSTANCES)} from instances`;

function records(rows: readonly SqlRow[]): InstanceRecord[] {
  return rows.map((row) => toRecord(INSTANCES, row));
}

async function latestVersions(reader: Reader, sopInstanceUids: readonly string[]): Promise<Map<string, number>> {
  const rows = await reader.all<{ uid: string; version: number }>(
    `select sop_instance_uid as uid, max(version) as version from instances
      where sop_instance_uid in (select value from json_each(?)) group by sop_instance_uid`,
    [JSON.stringify(sopInstanceUids)],
  );
  return new Map(rows.map(({ uid, version }) => [uid, version]));
}

/** Inserts in the order given; each gets the next version of its SOP Instance UID. Returns the records. */
export async function insertInstances(tx: Transaction, rows: readonly NewInstance[]): Promise<InstanceRecord[]> {
  const versions = await latestVersions(
    tx,
    rows.map(({ sopInstanceUid }) => sopInstanceUid),
  );
  const numbered = rows.map((row) => {
    const version = (versions.get(row.sopInstanceUid) ?? 0) + 1;
    versions.set(row.sopInstanceUid, version);
    return { ...row, version };
  });
  const ids = await insertRecords(tx, INSTANCES, numbered);
  return numbered.map((row, index) => ({ ...row, id: ids[index]! }));
}

/** All versions of each SOP Instance UID, oldest first. A UID that never arrived has no entry. */
export async function findVersions(
  reader: Reader,
  sopInstanceUids: readonly string[],
): Promise<ReadonlyMap<string, readonly InstanceRecord[]>> {
  const rows = await reader.all(
    `${SELECT} where sop_instance_uid in (select value from json_each(?)) order by sop_instance_uid, version`,
    [JSON.stringify(sopInstanceUids)],
  );
  const versions = new Map<string, InstanceRecord[]>();
  for (const record of records(rows)) {
    const earlier = versions.get(record.sopInstanceUid);
    if (earlier === undefined) versions.set(record.sopInstanceUid, [record]);
    else earlier.push(record);
  }
  return versions;
}

/** In order of arrival. */
export async function instancesByIds(reader: Reader, ids: readonly number[]): Promise<readonly InstanceRecord[]> {
  const sql = `${SELECT} where id in (select value from json_each(?)) order by id`;
  return records(await reader.all(sql, [JSON.stringify(ids)]));
}

/** In order of arrival. */
export async function instancesOfSeries(reader: Reader, seriesId: number): Promise<readonly InstanceRecord[]> {
  return records(await reader.all(`${SELECT} where series_id = ? order by id`, [seriesId]));
}

/**
 * What a restart has to take up again, in order of arrival: the instances that were not decided, and all those of
 * series that are still being received.
 */
export async function undecidedInstances(reader: Reader): Promise<readonly InstanceRecord[]> {
  const rows = await reader.all(
    `${SELECT} where id in (
        select id from instances where state = 'undecided'
        union
        select instances.id from series join instances on instances.series_id = series.id
          where series.state = 'receiving') order by id`,
  );
  return records(rows);
}

export async function markInstances(
  tx: Transaction,
  ids: readonly number[],
  state: InstanceRecord['state'],
): Promise<void> {
  await tx.run('update instances set state = ? where id in (select value from json_each(?))', [
    state,
    JSON.stringify(ids),
  ]);
}

/** Adds flags to those that the instances have. */
export async function addInstanceFlags(tx: Transaction, ids: readonly number[], flags: readonly Flag[]): Promise<void> {
  await tx.run(
    `update instances set flags_json = (select json_group_array(value) from
        (select value from json_each(instances.flags_json) union select value from json_each(?)))
      where id in (select value from json_each(?))`,
    [JSON.stringify(flags), JSON.stringify(ids)],
  );
}
