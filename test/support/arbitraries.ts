import fc from 'fast-check';
import type { ImagePlane } from '../../src/core/geometry/image-plane.ts';
import { addScaled, cross, dot, type Lps, unit } from '../../src/core/geometry/vector.ts';
import { ORIENTATION_CODES, type OrientationCode } from '../../src/core/orientation/d4.ts';
import { APEX_TO_BASE, DOWN } from '../../src/core/orientation/header-opinion.ts';

export const anyCode: fc.Arbitrary<OrientationCode> = fc.constantFrom(...ORIENTATION_CODES);

function between(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true });
}

/** A direction, uniform enough and never near zero length. */
export const anyDirection: fc.Arbitrary<Lps> = fc
  .tuple(between(-1, 1), between(0, 2 * Math.PI))
  .map(([z, turn]) => [Math.sqrt(1 - z * z) * Math.cos(turn), Math.sqrt(1 - z * z) * Math.sin(turn), z] as const);

const anyPlacement = fc.record({
  imagePositionPatient: fc.tuple(between(-400, 400), between(-400, 400), between(-400, 400)),
  rowSpacingMm: between(0.4, 3),
  columnSpacingMm: between(0.4, 3),
  rows: fc.integer({ min: 1, max: 512 }),
  columns: fc.integer({ min: 1, max: 512 }),
});

/** `direction` without its part along `axis`, at length one; undefined where nothing is left. */
function perpendicular(direction: Lps, axis: Lps): Lps | undefined {
  const rest = addScaled(direction, axis, -dot(direction, axis));
  return dot(rest, rest) > 1e-4 ? unit(rest) : undefined;
}

/** Any oblique plane, anisotropic and non-square more often than not. */
export const anyPlane: fc.Arbitrary<ImagePlane> = fc
  .tuple(anyPlacement, anyDirection, anyDirection)
  .map(([placement, rowCosines, other]) => ({ placement, rowCosines, columnCosines: perpendicular(other, rowCosines) }))
  .filter((drawn) => drawn.columnCosines !== undefined)
  .map(({ placement, rowCosines, columnCosines }) => ({
    ...placement,
    rowCosines,
    columnCosines: columnCosines as Lps,
  }));

/** The plane with this normal in which *down* stands `angleDegrees` counter-clockwise of the columns. */
export function planeWithAngle(normal: Lps, angleDegrees: number): Pick<ImagePlane, 'rowCosines' | 'columnCosines'> {
  const axis = unit(normal);
  const down = perpendicular(DOWN, axis);
  if (down === undefined) throw new Error('down is perpendicular to the plane');
  const right = cross(down, axis);
  const [cos, sin] = [Math.cos((angleDegrees * Math.PI) / 180), Math.sin((angleDegrees * Math.PI) / 180)];
  return {
    rowCosines: addScaled([right[0] * cos, right[1] * cos, right[2] * cos], down, sin),
    columnCosines: addScaled([down[0] * cos, down[1] * cos, down[2] * cos], right, -sin),
  };
}

/** A short axis of a usual heart as the standard shows it, tilted a little, at an in-plane angle up to `maximum`. */
export function standardPlane(maximumDegrees: number): fc.Arbitrary<{ plane: ImagePlane; angleDegrees: number }> {
  return fc
    .tuple(anyPlacement, anyDirection, between(-maximumDegrees, maximumDegrees))
    .map(([placement, tilt, angleDegrees]) => ({
      plane: { ...placement, ...planeWithAngle(addScaled(APEX_TO_BASE, tilt, 0.25), angleDegrees) },
      angleDegrees,
    }));
}

/** Eight probabilities of which `code` has the given one and the others share the rest evenly. */
export function sureOf(code: OrientationCode, probability: number): number[] {
  return ORIENTATION_CODES.map((other) => (other === code ? probability : (1 - probability) / 7));
}

/** Any eight probabilities, from flat to sure. */
export const anyProbabilities: fc.Arbitrary<number[]> = fc
  .tuple(fc.array(between(0, 1), { minLength: 8, maxLength: 8 }), fc.integer({ min: 1, max: 40 }))
  .map(([raw, sharpness]) => {
    const weights = raw.map((value) => Math.exp(value * sharpness));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  });
