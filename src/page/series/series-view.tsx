/** One series: what was received, what left, and why. */
export function SeriesView({ id }: { readonly id: number }) {
  return <h1>Series {id}</h1>;
}
