import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { insertManySeries } from '../support/many-series.ts';

/** A cine of a few slices, an LGE stack: what a series has on average, roughly. */
export const INSTANCES_A_SERIES = 20;
/**
 * Measured at 10,000,000: what the database takes for one, with its delivery and its part of a series. Heads are left
 * empty and there are no predictions, results or audit entries: those of a node in use are several times larger, in tables
 * that grow at their end alone, while the indexes, which are looked in for every instance that comes, are as large as theirs.
 */
export const ESTIMATED_BYTES_AN_INSTANCE = 640;

const SERIES_AT_ONCE = 5_000;

export interface Seeded {
  readonly instances: number;
  readonly series: number;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Makes the database of a node that has already kept so many instances, all decided and nearly all delivered, in an empty
 * data folder. Their files are nowhere, and count as removed by retention.
 */
export async function seedDatabase(
  { dataDir, instances }: { readonly dataDir: string; readonly instances: number },
  told: (made: number) => void,
): Promise<Seeded> {
  const began = performance.now();
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'node.sqlite');
  const database = await openDatabase({ file });
  const series = Math.ceil(instances / INSTANCES_A_SERIES);
  try {
    const there = await database.all('select 1 from series limit 1');
    if (there.length > 0) throw new Error(`${file} holds series already: give an empty folder`);
    await insertManySeries(database, { count: series, until: Date.now() - 3_600_000 });
    for (let from = 1; from <= series; from += SERIES_AT_ONCE) {
      const to = Math.min(series, from + SERIES_AT_ONCE - 1);
      await fill(database, from, to);
      told(to * INSTANCES_A_SERIES);
    }
  } finally {
    await database.close();
  }
  const { size } = await stat(file);
  return { instances: series * INSTANCES_A_SERIES, series, bytes: size, seconds: (performance.now() - began) / 1000 };
}

/** The second to the last instance of these series, after the pattern of the first, each with a delivery that arrived. */
async function fill(database: Database, from: number, to: number): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.run(INSTANCES, [from, to, INSTANCES_A_SERIES]);
    await tx.run(DELIVERIES, [from, to]);
    await tx.run('update instances set removed_at = received_at + 1 where series_id between ?1 and ?2', [from, to]);
  });
}

/** UIDs lie all over their index, as those made of UUIDs do (PS3.5 B.2): what comes later falls between them. */
const INSTANCES = `with recursive further (k) as (select 2 union all select k + 1 from further where k < ?3)
  insert into instances (sop_instance_uid, sop_class_uid, transfer_syntax_uid, study_instance_uid, series_instance_uid,
      calling_ae_title, called_ae_title, via, received_at, file, data_set_offset, data_set_length, data_set_sha256,
      version, header_json, series_id, state, flags_json)
    select '2.25.' || (100000000 + (first.id * 6364136223 + k * 15485863) % 899999963) || first.series_id || '0' || k,
      sop_class_uid, transfer_syntax_uid, study_instance_uid, series_instance_uid, calling_ae_title, called_ae_title, via,
      received_at + k, file || '.' || k, data_set_offset, data_set_length, data_set_sha256, version, header_json,
      series_id, state, flags_json
    from instances as first cross join further where series_id between ?1 and ?2 and file not like '%.dcm.%'`;

const DELIVERIES = `insert into deliveries (destination, instance_id, purpose, sop_instance_uid, sop_class_uid,
      transfer_syntax_uid, file, data_set_offset, data_set_length, calling_ae_title, state, attempts, next_attempt_at,
      queued_at, delivered_at)
    select 'archive', id, 'result', sop_instance_uid, sop_class_uid, transfer_syntax_uid, file, data_set_offset,
      data_set_length, calling_ae_title, 'delivered', 1, received_at, received_at, received_at + 1000
    from instances where series_id between ?1 and ?2 and file like '%.dcm.%'`;
