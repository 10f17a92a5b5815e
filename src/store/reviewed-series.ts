import type { DecisionReason } from '../core/decision/decision.ts';
import type { ObservedOrientation } from '../core/orientation/d4.ts';
import type { ReviewAct } from '../core/review/review-acts.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Reader } from './database.ts';

/** One act on a series, with the decision that the person looked at. */
export interface ReviewOfSeries {
  readonly act: ReviewAct;
  readonly by: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly code: ObservedOrientation | null;
  readonly looked: { readonly metricReason: DecisionReason; readonly observedCode: ObservedOrientation | null } | null;
}

export interface ReviewedSeries {
  readonly id: number;
  readonly kind: SequenceKind;
  /** Oldest first. */
  readonly reviews: readonly ReviewOfSeries[];
}

interface Row extends Omit<ReviewOfSeries, 'looked'> {
  readonly id: number;
  readonly kind: SequenceKind;
  readonly lookedReason: DecisionReason | null;
  readonly lookedCode: ObservedOrientation | null;
}

/** Every series that a person acted on, in order of arrival. */
export async function reviewedSeries(reader: Reader): Promise<readonly ReviewedSeries[]> {
  const rows = await reader.all<Row>(
    `select series.id, coalesce(series.kind, 'other') as kind, act, "by", at, code,
        decisions.metric_reason as "lookedReason", decisions.observed_code as "lookedCode"
      from reviews join series on series.id = reviews.series_id left join decisions on decisions.id = reviews.looked_at
      order by series.id, reviews.id`,
  );
  const series = new Map<number, ReviewedSeries & { readonly reviews: ReviewOfSeries[] }>();
  for (const { id, kind, lookedReason, lookedCode, ...review } of rows) {
    const looked = lookedReason === null ? null : { metricReason: lookedReason, observedCode: lookedCode };
    const known = series.get(id) ?? { id, kind, reviews: [] };
    known.reviews.push({ ...review, looked });
    series.set(id, known);
  }
  return [...series.values()];
}
