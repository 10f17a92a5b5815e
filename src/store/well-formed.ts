const LONE_SURROGATE = /\p{Surrogate}/u;

/** The text as UTF-8 can hold it: half a surrogate pair becomes U+FFFD, so that what is read equals what was written. */
export function wellFormed(text: string): string {
  return LONE_SURROGATE.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;
}
