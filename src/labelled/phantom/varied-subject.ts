import { addScaled, type Lps, scale } from '../../core/geometry/vector.ts';
import { seededRandom } from '../../phantom/random.ts';
import { makeSubject, type Subject } from '../../phantom/variation.ts';

/** Part of the made-up people whose heart is steep: as many as in the hospitals that were counted. */
const AXIAL_LIKE_PART = 0.18;

/** By how much more than in `makeSubject` hearts differ in how they lie rolled about their long axis. */
const ROLL_DEGREES = 6;

/**
 * A made-up person, well or ill: thin to obese, with a small, dilated, thickened or weak heart. The heart is always on
 * the left: a network that learnt mirrored bodies could not tell them from mirrored pictures.
 */
export function variedSubject(seed: string): Subject {
  const random = seededRandom(`varied ${seed}`);
  const subject = makeSubject({ seed, axialLike: random.next() < AXIAL_LIKE_PART });
  const cavityRadius = subject.cavityRadius * random.uniform(0.8, 1.3);
  const subcutaneousFat = random.uniform(4, 34);
  // Fat comes on the outside, and a large heart pushes no rib away.
  const outwards = subcutaneousFat - subject.subcutaneousFat + Math.max(0, cavityRadius - subject.cavityRadius);
  const [lateral, inferior] = rolled(subject, (Math.PI / 180) * random.normal(0, ROLL_DEGREES));
  return {
    ...subject,
    lateral,
    inferior,
    cavityRadius,
    subcutaneousFat,
    bodyHalfDepth: subject.bodyHalfDepth + outwards,
    bodyHalfWidth: subject.bodyHalfWidth * random.uniform(0.92, 1.06) + outwards,
    heartScale: subject.heartScale * random.uniform(0.88, 1.12),
    wallThickness: subject.wallThickness * random.uniform(0.7, 1.6),
    rightVentricleScale: subject.rightVentricleScale * random.uniform(0.85, 1.25),
    radialShortening: subject.radialShortening * random.uniform(0.35, 1.2),
  };
}

function rolled({ lateral, inferior }: Subject, angle: number): readonly [Lps, Lps] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [addScaled(scale(lateral, cos), inferior, sin), addScaled(scale(inferior, cos), lateral, -sin)];
}
