import type { Lps } from '../core/geometry/vector.ts';
import { greatVesselsAt } from './great-vessels.ts';
import { TISSUE, type Tissue } from './tissue.ts';
import { torsoLabel } from './torso.ts';
import type { Subject } from './variation.ts';
import { ventriclesAt } from './ventricles.ts';

/** The label function of one moment of the cardiac cycle. */
export type LabelFunction = (lps: Lps) => Tissue;

/** Nothing of the heart lies further from its centre, times the heart's scale. */
const HEART_REACH = 118;
const WARP_MM = 2;

/** Labels of a subject at `phase` (0 … 1 of the cardiac cycle), at patient points in LPS millimetres. */
export function anatomyAt(subject: Subject, phase: number): LabelFunction {
  const { heartCentre, lateral, inferior, longAxis, heartScale, mirrored } = subject;
  const ventricles = ventriclesAt(subject, phase);
  const vessels = greatVesselsAt(subject, ventricles);
  const reach = (HEART_REACH * heartScale) ** 2;
  return ([patientX, patientY, patientZ]) => {
    const point = warped(subject, [mirrored ? -patientX : patientX, patientY, patientZ]);
    const [x, y, z] = point;
    const dx = x - heartCentre[0];
    const dy = y - heartCentre[1];
    const dz = z - heartCentre[2];
    const u = dx * lateral[0] + dy * lateral[1] + dz * lateral[2];
    const v = dx * inferior[0] + dy * inferior[1] + dz * inferior[2];
    const w = dx * longAxis[0] + dy * longAxis[1] + dz * longAxis[2];
    const near = dx * dx + dy * dy + dz * dz < reach;
    const ventricular = near ? ventricles.labelAt(u, v, w) : undefined;
    if (ventricular !== undefined && ventricular !== TISSUE.epicardialFat) return ventricular;
    return vessels.labelAt(point, [u, v, w]) ?? ventricular ?? torsoLabel(subject, point);
  };
}

/** One label; for many points of one phase keep the function of `anatomyAt`. */
export function labelAt(subject: Subject, lps: Lps, phase: number): Tissue {
  return anatomyAt(subject, phase)(lps);
}

/** A smooth deformation, so that nothing is a perfect ellipse. */
function warped({ warp }: Subject, [x, y, z]: Lps): Lps {
  return [
    x + WARP_MM * Math.sin(0.031 * y + warp[0]!) + WARP_MM * Math.sin(0.042 * z + warp[1]!),
    y + WARP_MM * Math.sin(0.033 * z + warp[2]!) + WARP_MM * Math.sin(0.039 * x + warp[3]!),
    z + WARP_MM * Math.sin(0.029 * x + warp[4]!) + WARP_MM * Math.sin(0.041 * y + warp[5]!),
  ];
}
