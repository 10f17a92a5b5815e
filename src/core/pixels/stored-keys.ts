import type { GreySamples } from './grey-image.ts';

/**
 * Stored integers as unsigned numbers in the order of their values, without a copy: `raw[i] ^ flip` is the value plus
 * `flip`. One kind of array for signed and unsigned alike keeps the loops over it fast.
 */
export interface StoredKeys {
  readonly raw: Uint16Array;
  readonly flip: number;
}

/** Undefined for floats. */
export function storedKeys(samples: GreySamples): StoredKeys | undefined {
  if (samples instanceof Float32Array) return undefined;
  if (samples instanceof Uint16Array) return { raw: samples, flip: 0 };
  return { raw: new Uint16Array(samples.buffer, samples.byteOffset, samples.length), flip: 0x8000 };
}
