import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MILLISECONDS = 50;

/** Looks until what is wanted is there, and says what was there instead where it never comes. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  wanted: (seen: T) => boolean,
  { what, milliseconds = 20_000 }: { readonly what: string; readonly milliseconds?: number },
): Promise<T> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > until) throw new Error(`waited in vain for ${what}; there is ${JSON.stringify(seen)}`);
    await delay(LOOK_EVERY_MILLISECONDS);
  }
}
