/** Runs work in the order in which it was handed over, at most so many at once. */
export type InOrder = <T>(work: () => Promise<T>) => Promise<T>;

export function inOrder(atOnce: number): InOrder {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place is handed on, not freed: nobody who comes later may take it.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
