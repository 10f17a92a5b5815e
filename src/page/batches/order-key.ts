/** A name for an order that no other order has. Not `randomUUID`, which browsers have on encrypted connections only. */
export function orderKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
