/** A vector or point in the patient system: x to the patient's left, y posterior, z to the head (LPS), millimetres. */
export type Lps = readonly [number, number, number];

export function dot(a: Lps, b: Lps): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Lps, b: Lps): Lps {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** a + factor · b */
export function addScaled(a: Lps, b: Lps, factor: number): Lps {
  return [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]];
}

export function scale(a: Lps, factor: number): Lps {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function length(a: Lps): number {
  return Math.sqrt(dot(a, a));
}

/** `a` at length one; NaN components for the zero vector. */
export function unit(a: Lps): Lps {
  return scale(a, 1 / length(a));
}

export function distance(a: Lps, b: Lps): number {
  return length(addScaled(a, b, -1));
}
