import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EdgeLetters, edgeLetters, LEAST_NAMED_COSINE } from '../../../src/core/geometry/edge-letters.ts';
import { type ImagePlane, reorientPlane } from '../../../src/core/geometry/image-plane.ts';
import { type Correction, type OrientationCode, stepsOf } from '../../../src/core/orientation/d4.ts';
import { anyCode, anyPlane } from '../../support/arbitraries.ts';

/** The letters as they move when the sheet they stand on is turned: Table 1 on the four edges. */
function movedLetters(letters: EdgeLetters, code: OrientationCode): EdgeLetters {
  const { transpose, vertical, horizontal } = stepsOf(code);
  let { top, right, bottom, left } = letters;
  if (transpose) [top, right, bottom, left] = [left, bottom, right, top];
  if (vertical) [top, bottom] = [bottom, top];
  if (horizontal) [left, right] = [right, left];
  return { top, right, bottom, left };
}

function axial(): Pick<ImagePlane, 'rowCosines' | 'columnCosines'> {
  return { rowCosines: [1, 0, 0], columnCosines: [0, 1, 0] };
}

const OPPOSITE: Readonly<Record<string, string>> = { R: 'L', L: 'R', A: 'P', P: 'A', H: 'F', F: 'H' };

describe('the letters at the edges of a picture', () => {
  it('are those of the radiological convention for an axial picture', () => {
    expect(edgeLetters(axial())).toEqual({ top: 'A', right: 'L', bottom: 'P', left: 'R' });
  });

  it('name the strongest direction first for a typical short axis, and leave out what lies across', () => {
    const letters = edgeLetters({ rowCosines: [0.71, 0.7, -0.03], columnCosines: [-0.31, 0.27, -0.91] });
    expect(letters).toEqual({ top: 'HLA', right: 'LP', bottom: 'FRP', left: 'RA' });
  });

  it('move with the edges when the picture is turned by any of the eight codes', () => {
    fc.assert(
      fc.property(anyPlane, anyCode, (plane, code) => {
        const turned = edgeLetters(reorientPlane(plane, code as Correction));
        expect(turned).toEqual(movedLetters(edgeLetters(plane), code));
      }),
    );
  });

  it('are opposite letters in the same order at opposite edges', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const { top, right, bottom, left } = edgeLetters(plane);
        const opposite = (letters: string) => [...letters].map((letter) => OPPOSITE[letter]).join('');
        expect([opposite(top), opposite(left)]).toEqual([bottom, right]);
      }),
    );
  });

  it('name exactly the directions that are strong enough, and the strongest in any case', () => {
    fc.assert(
      fc.property(anyPlane, (plane) => {
        const named = plane.rowCosines.filter((cosine) => Math.abs(cosine) >= LEAST_NAMED_COSINE).length;
        expect(edgeLetters(plane).right).toHaveLength(Math.max(1, named));
      }),
    );
  });
});
