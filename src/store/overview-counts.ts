import type { ObservedOrientation } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Reader } from './database.ts';
import { ASKING, NEEDS_REVIEW } from './worklist-filter.ts';

/** Who sent series of which kind. */
export interface ScannerAndKind {
  readonly callingAeTitle: string;
  readonly stationName: string | null;
  /** Null while they arrive. */
  readonly kind: SequenceKind | null;
}

/** Series, by what became of them. */
export interface SeriesCounts {
  readonly received: number;
  readonly turned: number;
  readonly wouldTurn: number;
  readonly leftAlone: number;
  readonly flagged: number;
  readonly needReview: number;
  readonly held: number;
  readonly receiving: number;
  readonly failing: number;
  readonly reviewed: number;
}

const SCANNER = `scanner as "callingAeTitle", nullif(station, '') as "stationName", nullif(worklist.kind, '') as kind`;

/** Series whose first instance came since a moment (milliseconds since 1970 UTC), by scanner and kind. */
export function countsByScanner(reader: Reader, since: number): Promise<readonly (ScannerAndKind & SeriesCounts)[]> {
  return reader.all(
    `select ${SCANNER}, count(*) as received,
      sum(decision = 'standardize' and mode = 'standardize') as turned,
      sum(decision = 'standardize' and mode = 'observe') as "wouldTurn", sum(decision = 'pass-through') as "leftAlone",
      sum(flags_json <> '[]' and ${ASKING}) as flagged, sum(${NEEDS_REVIEW.sql}) as "needReview",
      sum(decision = 'hold-for-review') as held,
      sum(decision = '') as receiving, sum(failing > 0 or dead > 0) as failing, sum(review_id is not null) as reviewed
    from worklist indexed by worklist_by_received where received_at >= ? group by scanner, station, kind order by scanner, station, kind`,
    [...NEEDS_REVIEW.values, since],
  );
}

export interface HourCounts {
  /** Hours since 1970 UTC. */
  readonly hour: number;
  readonly instances: number;
  readonly series: number;
  readonly delivered: number;
}

/** What came and went in each hour from this one on; not those in which nothing did. */
export function countsByHour(reader: Reader, fromHour: number): Promise<readonly HourCounts[]> {
  return reader.all(
    `select hour, instances, delivered, (select count(*) from worklist
        where received_at >= hour * 3600000 and received_at < (hour + 1) * 3600000) as series
      from hourly_counts where hour >= ? order by hour`,
    [fromHour],
  );
}

export interface ObservedCodes extends ScannerAndKind {
  readonly kind: SequenceKind;
  readonly code: ObservedOrientation;
  /** Studies in which it was observed since `recent`, and from `before` until then. */
  readonly recent: number;
  readonly before: number;
}

/**
 * Observed codes by scanner and kind. The series of a study lie alike, so that each study counts once for each code that
 * it showed.
 */
export function observedCodes(
  reader: Reader,
  { before, recent }: { readonly before: number; readonly recent: number },
): Promise<readonly ObservedCodes[]> {
  return reader.all(
    `select ${SCANNER}, code,
      count(distinct iif(received_at >= ?1, study_instance_uid, null)) as recent,
      count(distinct iif(received_at < ?1, study_instance_uid, null)) as before
    from worklist indexed by worklist_by_received join series on series.id = worklist.series_id
    where received_at >= ?2 and code <> '' group by scanner, station, worklist.kind, code`,
    [recent, before],
  );
}
