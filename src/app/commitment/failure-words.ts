const WORDS: ReadonlyMap<number, string> = new Map([
  [0x0110, 'processing failure'],
  [0x0112, 'it has no such instance'],
  [0x0119, 'the instance is of another SOP Class'],
  [0x0122, 'the SOP Class is not supported'],
  [0x0131, 'the transaction was used before'],
  [0x0213, 'out of resources'],
]);

/** A Failure Reason (0008,1197) for a person (PS3.3 C.14.1.1). */
export function failureInWords(reason: number): string {
  const hex = reason.toString(16).padStart(4, '0').toUpperCase();
  return `${WORDS.get(reason) ?? 'failed'} (${hex})`;
}
