/**
 * Names a state of a series: another with every decision and every review of it. Who acts says which one was looked at,
 * so that nobody overrules what they have not seen.
 * @param decisionId of the decision that stands
 * @param reviewId of the last review
 */
export function seriesVersion(decisionId: number | null, reviewId: number | null): string {
  return `${decisionId ?? 0}.${reviewId ?? 0}`;
}
