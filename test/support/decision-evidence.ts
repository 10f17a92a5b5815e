import type { Decision, Evidence } from '../../src/core/decision/decision.ts';
import { decide } from '../../src/core/decision/policy.ts';
import type { PooledOpinion } from '../../src/core/decision/pooling.ts';
import {
  DEFAULT_SETTINGS,
  DEFAULT_THRESHOLDS,
  type DecisionSettings,
  type DecisionThresholds,
} from '../../src/core/decision/thresholds.ts';
import { type ImagePlane, reorientPlane } from '../../src/core/geometry/image-plane.ts';
import { addScaled, type Lps, scale, unit } from '../../src/core/geometry/vector.ts';
import type { Correction, OrientationCode } from '../../src/core/orientation/d4.ts';
import { APEX_TO_BASE, DOWN, type HeaderOpinion, headerOpinion } from '../../src/core/orientation/header-opinion.ts';
import { planeWithAngle, sureOf } from './arbitraries.ts';

/** A short axis in the standard side at an in-plane angle, tilted so far that its side is `side`. */
export function planeAt(angleDegrees: number, side = 1): ImagePlane {
  const across = unit(addScaled(DOWN, APEX_TO_BASE, -0.107));
  const normal: Lps = addScaled(scale(APEX_TO_BASE, side), across, Math.sqrt(1 - side * side));
  return {
    imagePositionPatient: [-80, -120, 60],
    rowSpacingMm: 1.4,
    columnSpacingMm: 1.2,
    rows: 208,
    columns: 256,
    ...planeWithAngle(side === 1 ? APEX_TO_BASE : normal, angleDegrees),
  };
}

/** The plane as it lies after `code` was done to its matrix. */
export function storedAs(plane: ImagePlane, code: OrientationCode): ImagePlane {
  return reorientPlane(plane, code as Correction);
}

export function headerOf(plane: ImagePlane): HeaderOpinion {
  const opinion = headerOpinion(plane);
  if (opinion === undefined) throw new Error('the plane is broken');
  return opinion;
}

/** An honest header of a stack stored in `code`, standing at an in-plane angle when it is corrected. */
export function headerAs(code: OrientationCode, angleDegrees = 0, side = 1): HeaderOpinion {
  return headerOf(storedAs(planeAt(angleDegrees, side), code));
}

export function pictureOf(
  code: OrientationCode,
  probability = 0.999,
  more: Partial<PooledOpinion> = {},
): PooledOpinion {
  return { probabilities: sureOf(code, probability), sax: 0.95, agreement: 1, contradictory: false, ...more };
}

export const ORDINARY: Evidence = {
  kind: 'cine',
  positions: 10,
  pooled: pictureOf('000'),
  header: headerAs('000'),
  mixedPlanes: false,
  duplicateUid: false,
};

export interface Rules {
  readonly thresholds?: Partial<DecisionThresholds>;
  readonly settings?: Partial<DecisionSettings>;
}

export function decided(evidence: Partial<Evidence>, { thresholds = {}, settings = {} }: Rules = {}): Decision {
  return decide(
    { ...ORDINARY, ...evidence },
    { ...DEFAULT_THRESHOLDS, ...thresholds },
    { ...DEFAULT_SETTINGS, ...settings },
  );
}
