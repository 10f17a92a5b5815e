/**
 * The made-up picture of a seed that a manifest's reference outputs belong to: `size` × `size` values in 0…1 of a linear
 * congruential generator, so that every language makes the same one.
 */
export function referenceInput(seed: number, size: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: size * size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}
