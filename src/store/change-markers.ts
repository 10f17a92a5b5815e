import type { LiveTopic } from '../api/live.ts';
import type { Reader } from './database.ts';

/** For each topic something that is another text once it has changed. */
export type ChangeMarkers = Readonly<Record<LiveTopic, string>>;

/** Another number once any other connection, of this process or another, has written (PRAGMA data_version). */
export async function dataVersion(reader: Reader): Promise<number> {
  const [row] = await reader.all<{ data_version: number }>('pragma data_version');
  return row!.data_version;
}

/** Reads ends of indexes and a few counters only, however much is on record. */
export async function changeMarkers(reader: Reader): Promise<ChangeMarkers> {
  const [row] = await reader.all<Record<LiveTopic, string | null>>(
    `select
      (select coalesce(max(id), 0) from series) || ' ' || (select coalesce(max(id), 0) from instances) as series,
      (select max(id) from decisions) as decisions,
      (select max(id) from reviews) as reviews,
      (select coalesce(max(id), 0) from deliveries) || ' ' || (select coalesce(max(id), 0) from delivery_attempts) || ' ' ||
        (select coalesce(group_concat(destination || ' ' || state || ' ' || deliveries), '') from delivery_counts) as deliveries,
      (select group_concat(id || ' ' || state || ' ' || series_all || ' ' || series_done || ' ' || series_failed || ' ' ||
        delivered || ' ' || gone) from batches
        where state = 'running' or id > (select max(id) - 50 from batches)) as batches`,
  );
  const texts = Object.entries(row!).map(([topic, value]) => [topic, String(value)]);
  return Object.fromEntries(texts) as unknown as ChangeMarkers;
}
