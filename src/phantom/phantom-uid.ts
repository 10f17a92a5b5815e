import { createHash } from 'node:crypto';

/** A UID that follows from a text: 2.25 and the number of a UUID (PS3.5 B.2) made of the text's hash. */
export function phantomUid(text: string): string {
  const bytes = createHash('sha256').update(`phantom ${text}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}
