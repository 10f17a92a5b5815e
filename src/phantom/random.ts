/** Chance that can be replayed: everything made up here follows from a seed text, on every machine. */
export interface SeededRandom {
  /** 0 ≤ value < 1 */
  next(): number;
  uniform(from: number, to: number): number;
  /** Normal distribution, cut off at `limit` standard deviations. */
  normal(mean: number, deviation: number, limit?: number): number;
}

const DEFAULT_LIMIT = 2;

export function seededRandom(seed: string): SeededRandom {
  const next = mulberry32(hash32(seed));
  const normal = (mean: number, deviation: number, limit = DEFAULT_LIMIT) =>
    mean + deviation * Math.max(-limit, Math.min(limit, standardNormal(next)));
  return { next, uniform: (from, to) => from + (to - from) * next(), normal };
}

/** Box–Muller. */
function standardNormal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** FNV-1a over the UTF-16 units of a text. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for pictures. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
