/** The best and the middle one of several measurements of one thing. */
export interface Measured {
  readonly best: number;
  readonly median: number;
}

/** Times and sizes: the smaller, the better. */
export function smallest(values: readonly number[]): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  return { best: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! };
}

/** Rates: the greater, the better. */
export function greatest(values: readonly number[]): Measured {
  const { best, median } = smallest(values.map((value) => -value));
  return { best: -best, median: -median };
}

/** Milliseconds that one call takes: several rounds of many calls, after a first round that warms up. */
export async function millisecondsOf(
  work: (call: number) => unknown,
  { calls, rounds }: { readonly calls: number; readonly rounds: number },
): Promise<Measured> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    for (let call = 0; call < calls; call++) await work(call);
    if (round > 0) times.push((performance.now() - started) / calls);
  }
  return smallest(times);
}
