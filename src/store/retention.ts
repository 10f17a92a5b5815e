import type { DecisionKind } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { DeliveryFacts, InstanceFacts, Removable, SeriesFacts } from '../core/retention/retention-policy.ts';
import { reviewNeeded } from '../core/review/review-needed.ts';
import { IS_CONFIRMED } from './commitments.ts';
import type { Reader, Transaction } from './database.ts';
import { ANSWERED, ANSWERING } from './worklist-filter.ts';

/** A series that has received files on the disk. */
export interface SeriesWithFiles {
  readonly id: number;
  readonly lastReceivedAt: number;
  /** 0 where it was turned and its results are gone already: only originals are left. */
  readonly hasCopies: 0 | 1;
}

/** Series after this one, in order of their first arrival. */
export function seriesWithFiles(
  reader: Reader,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly SeriesWithFiles[]> {
  const result =
    'select 1 from instances join results on results.instance_id = instances.id where series_id = series.id';
  return reader.all(
    `select id, last_received_at as "lastReceivedAt",
        not exists (${result}) or exists (${result} and results.removed_at is null) as "hasCopies"
      from series where id in (
        select series_id from instances indexed by instances_with_file where removed_at is null and series_id > ?
          group by series_id order by series_id limit ?)
      order by id`,
    [after, limit],
  );
}

interface SeriesRow {
  readonly state: 'receiving' | 'decided';
  readonly decision: DecisionKind | null;
  readonly byPerson: number;
  readonly flags: string;
  readonly answered: number;
  readonly inBatch: number;
  readonly touchedAt: number;
}

/** What retention asks of a series; undefined where there is no such series. */
export async function seriesFacts(reader: Reader, seriesId: number): Promise<SeriesFacts | undefined> {
  const [series] = await reader.all<SeriesRow>(
    `select series.state, decisions.decision, worklist.by_person as "byPerson", worklist.flags_json as flags,
        ${ANSWERED} as answered,
        exists (select 1 from batches join batch_series on batch_series.batch_id = batches.id
          and batch_series.series_id = series.id where batches.state in ('running', 'paused')) as "inBatch",
        max(series.last_received_at, coalesce(decisions.decided_at, 0),
          coalesce((select max(at) from reviews where reviews.series_id = series.id), 0)) as "touchedAt"
      from series join worklist on worklist.series_id = series.id
        left join decisions on decisions.id = series.decision_id
      where series.id = ?`,
    [ANSWERING, seriesId],
  );
  if (series === undefined) return undefined;
  const { instances, deliveredAt } = await instanceFacts(reader, seriesId);
  const { decision } = series;
  const flags = JSON.parse(series.flags) as Flag[];
  return {
    isDecided: series.state === 'decided' && decision !== null,
    isHeld: decision === 'hold-for-review',
    needsReview: reviewNeeded({ decision, byPerson: series.byPerson === 1, flags, answered: series.answered === 1 }),
    isInBatch: series.inBatch === 1,
    lastTouchedAt: Math.max(series.touchedAt, deliveredAt),
    instances,
  };
}

async function instanceFacts(
  reader: Reader,
  seriesId: number,
): Promise<{ readonly instances: readonly InstanceFacts[]; readonly deliveredAt: number }> {
  const instances = await reader.all<{ id: number; state: string; removedAt: number | null }>(
    'select id, state, removed_at as "removedAt" from instances where series_id = ? order by id',
    [seriesId],
  );
  const results = await reader.all<{ id: number; instanceId: number; removedAt: number | null }>(
    `select results.id, instance_id as "instanceId", results.removed_at as "removedAt"
      from instances join results on results.instance_id = instances.id where instances.series_id = ?
      order by results.id`,
    [seriesId],
  );
  const deliveries = await deliveryFacts(reader, seriesId);
  const resultsOf = byInstance(results);
  const deliveriesOf = byInstance(deliveries);
  return {
    instances: instances.map(({ id, state, removedAt }) => ({
      id,
      isDecided: state === 'decided',
      isRemoved: removedAt !== null,
      results: (resultsOf.get(id) ?? []).map((result) => ({ id: result.id, isRemoved: result.removedAt !== null })),
      deliveries: deliveriesOf.get(id) ?? [],
    })),
    deliveredAt: deliveries.reduce((latest, { deliveredAt }) => Math.max(latest, deliveredAt ?? 0), 0),
  };
}

function byInstance<Row extends { readonly instanceId: number }>(rows: readonly Row[]): ReadonlyMap<number, Row[]> {
  const grouped = new Map<number, Row[]>();
  for (const row of rows) {
    const others = grouped.get(row.instanceId);
    if (others === undefined) grouped.set(row.instanceId, [row]);
    else others.push(row);
  }
  return grouped;
}

type DeliveryRow = DeliveryFacts & { readonly instanceId: number; readonly deliveredAt: number | null };

/** The one place that says when a destination has something for good. */
async function deliveryFacts(reader: Reader, seriesId: number): Promise<readonly DeliveryRow[]> {
  const rows = await reader.all<Omit<DeliveryRow, 'isSafe' | 'isSuperseded'> & { safe: number; superseded: number }>(
    `select instance_id as "instanceId", destination, (${IS_CONFIRMED}) as safe,
        superseded_at is not null as superseded, delivered_at as "deliveredAt"
      from instances join deliveries on deliveries.instance_id = instances.id where instances.series_id = ?`,
    [seriesId],
  );
  return rows.map(({ safe, superseded, ...row }) => ({ ...row, isSafe: safe === 1, isSuperseded: superseded === 1 }));
}

/**
 * Says of these files that they are removed, and that they are still to be taken off the disk; what is gone for good is
 * no longer in the catalogue. Returns them and their size.
 */
export async function markRemoved(
  tx: Transaction,
  { instances, results }: Removable,
  at: number,
): Promise<{ readonly files: readonly string[]; readonly bytes: number }> {
  const files: string[] = [];
  let bytes = 0;
  for (const [table, ids] of [
    ['results', results],
    ['instances', instances],
  ] as const) {
    const among = `from ${table} where id in (select value from json_each(?)) and removed_at is null`;
    const chosen = JSON.stringify(ids);
    const rows = await tx.all<{ file: string; bytes: number }>(
      `select file, data_set_offset + data_set_length as bytes ${among}`,
      [chosen],
    );
    await tx.run(`insert or ignore into files_to_remove (file) select file ${among}`, [chosen]);
    await tx.run(
      `update ${table} set removed_at = ? where id in (select value from json_each(?)) and removed_at is null`,
      [at, chosen],
    );
    files.push(...rows.map(({ file }) => file));
    bytes = rows.reduce((sum, row) => sum + row.bytes, bytes);
  }
  // A result can be derived again as long as its source is there.
  const gone = 'delete from catalogue_instances where instance_id in (select value from json_each(?))';
  await tx.run(gone, [JSON.stringify(instances)]);
  return { files, bytes };
}
