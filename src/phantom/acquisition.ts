import type { SeededRandom } from './random.ts';

/** Stored value of arterial blood of a balanced sequence under full coil sensitivity; twelve bits are stored. */
const BLOOD_VALUE = 1100;
const GREATEST_VALUE = 4095;
/** Where a phase-sensitive picture has its zero, so that negative signal can be stored. */
const PHASE_SENSITIVE_ZERO = 0.3;

/** The point spread of a k-space that ends: [1 6 1] / 8 along rows and columns. */
export function blur(signal: Float32Array, { rows, columns }: { rows: number; columns: number }): Float32Array {
  const alongRows = new Float32Array(signal.length);
  for (let i = 0; i < signal.length; i++) {
    const x = i % columns;
    const left = x > 0 ? signal[i - 1]! : 0;
    const right = x < columns - 1 ? signal[i + 1]! : 0;
    alongRows[i] = (left + 6 * signal[i]! + right) / 8;
  }
  const both = new Float32Array(signal.length);
  for (let i = 0; i < signal.length; i++) {
    const above = i >= columns ? alongRows[i - columns]! : 0;
    const below = i < (rows - 1) * columns ? alongRows[i + columns]! : 0;
    both[i] = (above + 6 * alongRows[i]! + below) / 8;
  }
  return both;
}

/** Too small a field of view along the phase encoding direction: what lies outside comes in from the other side. */
export function foldOver(
  wide: Float32Array,
  { rows, columns }: { rows: number; columns: number },
  folded: number,
): Float32Array {
  const insideRows = rows - 2 * folded;
  const inside = new Float32Array(insideRows * columns);
  for (let y = 0; y < rows; y++) {
    const target = (((y - folded) % insideRows) + insideRows) % insideRows;
    for (let x = 0; x < columns; x++) inside[target * columns + x]! += wide[y * columns + x]!;
  }
  return inside;
}

/**
 * Adds the noise of a magnitude picture (Rice's distribution), or of a phase-sensitive one (normal, about a grey zero),
 * and rounds to stored values, in place.
 */
export function storedValues(
  signal: Float32Array,
  { noise, random, phaseSensitive = false }: { noise: number; random: SeededRandom; phaseSensitive?: boolean },
): void {
  for (let i = 0; i < signal.length; i++) {
    const radius = noise * Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    const real = signal[i]! + radius * Math.cos(angle);
    const shown = phaseSensitive
      ? Math.max(0, real + PHASE_SENSITIVE_ZERO)
      : Math.hypot(real, radius * Math.sin(angle));
    signal[i] = Math.min(GREATEST_VALUE, Math.round(shown * BLOOD_VALUE));
  }
}
