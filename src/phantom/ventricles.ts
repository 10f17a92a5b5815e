import { contractionAt } from './contraction.ts';
import { TISSUE, type Tissue } from './tissue.ts';
import type { Infarct, Subject } from './variation.ts';

/** The ventricles at one phase; the point in the heart's frame (lateral u, inferior v, towards the base w), millimetres. */
export interface Ventricles {
  /** Height of the mitral plane. */
  readonly base: number;
  /** Epicardial radius of the left ventricle at its base. */
  readonly outerRadius: number;
  /** Undefined outside the ventricles and the fat on them. */
  labelAt(u: number, v: number, w: number): Tissue | undefined;
}

interface Shape {
  readonly base: number;
  readonly apex: number;
  readonly inner: number;
  readonly outer: number;
  readonly wall: number;
  readonly rightApex: number;
  readonly rightBase: number;
  readonly rightA: number;
  readonly rightB: number;
  readonly rightWall: number;
  readonly contraction: number;
  readonly infarct: Infarct | undefined;
}

export function ventriclesAt(subject: Subject, phase: number): Ventricles {
  const shape = shapeAt(subject, phase);
  return {
    base: shape.base,
    outerRadius: shape.outer,
    labelAt: (u, v, w) => labelOf(shape, { u, v, w }),
  };
}

function shapeAt(subject: Subject, phase: number): Shape {
  const contraction = contractionAt(phase);
  const size = subject.heartScale;
  const length = subject.cavityLength * size;
  const restingInner = subject.cavityRadius * size;
  const restingOuter = restingInner + subject.wallThickness * size;
  const apex = -length / 2 + 2 * contraction;
  const base = length / 2 - 13 * size * contraction;
  const inner = restingInner * (1 - subject.radialShortening * contraction);
  // The muscle keeps its volume: what it loses in length it gains in cross section.
  const area = (restingOuter ** 2 - restingInner ** 2) * (length / (base - apex));
  const outer = Math.sqrt(inner ** 2 + area);
  const right = restingOuter * subject.rightVentricleScale;
  return {
    base,
    apex,
    inner,
    outer,
    wall: outer - inner,
    rightApex: apex + 0.1 * length,
    rightBase: base - 3 * size * contraction + 6 * size,
    rightA: right * (1.12 - 0.24 * contraction),
    rightB: right * (1.12 - 0.15 * contraction),
    rightWall: 2.4 + 1.4 * contraction,
    contraction,
    infarct: subject.infarct,
  };
}

/** Fat lies on the ventricle in patches, most of it in front and behind, where the grooves are. */
function fatThickness(angle: number, w: number): number {
  return Math.max(0, 1.2 + 2.2 * Math.sin(2 * angle + 0.8) * Math.sin(0.05 * w + angle) - 1.2 * Math.cos(angle));
}

interface HeartPoint {
  readonly u: number;
  readonly v: number;
  readonly w: number;
}

function labelOf(shape: Shape, point: HeartPoint): Tissue | undefined {
  const { u, v, w } = point;
  const radius = Math.sqrt(u * u + v * v);
  const outer =
    shape.outer * profile((w - shape.apex + 0.75 * shape.wall) / (shape.base - shape.apex + 0.75 * shape.wall));
  const inLeft = outer > 0 && w < shape.base;
  if (inLeft && radius < outer) return leftVentricle(shape, point, { radius, outer });
  const right = rightVentricle(shape, point, outer);
  if (right !== undefined) return right;
  return inLeft && radius < outer + fatThickness(Math.atan2(v, u), w) ? TISSUE.epicardialFat : undefined;
}

/** Radius along the long axis as part of the greatest: round at the apex, slightly drawn in at the base. */
function profile(height: number): number {
  if (height <= 0) return 0;
  const fromBase = 1 - Math.min(height, 1);
  const drawnIn = height > 0.75 ? 0.06 * (Math.min(height, 1) - 0.75) * 4 : 0;
  return Math.sqrt(1 - fromBase * fromBase * (0.75 + 0.25 * fromBase)) * (1 - drawnIn);
}

function leftVentricle(shape: Shape, { u, v, w }: HeartPoint, at: { radius: number; outer: number }): Tissue {
  const height = (w - shape.apex) / (shape.base - shape.apex);
  const inner = shape.inner * profile(height);
  const { radius, outer } = at;
  if (radius > inner) {
    return shape.infarct &&
      inInfarct(shape.infarct, { angle: Math.atan2(v, u), depth: (radius - inner) / (outer - inner), height })
      ? TISSUE.scar
      : TISSUE.myocardium;
  }
  if (height < 0.82 && radius > 0.42 * inner && isPapillary(shape, { u, v, height }, inner))
    return TISSUE.papillaryMuscle;
  if (height < 0.75 && radius > 0.88 * inner && trabecular(Math.atan2(v, u) * 11, w)) return TISSUE.myocardium;
  return TISSUE.leftVentricle;
}

function inInfarct(infarct: Infarct, at: { angle: number; depth: number; height: number }): boolean {
  if (at.height < infarct.from || at.height > infarct.to) return false;
  const turn = (at.angle - infarct.angle) / (2 * Math.PI);
  const off = Math.abs(turn - Math.round(turn)) * 2 * Math.PI;
  return off < infarct.halfWidth && at.depth < infarct.transmurality * (1.1 - (0.5 * off) / infarct.halfWidth);
}

/** The anterolateral and the posteromedial papillary muscle: rods that leave the wall below mid height. */
function isPapillary(shape: Shape, at: { u: number; v: number; height: number }, inner: number): boolean {
  if (at.height < 0.22 || at.height > 0.72) return false;
  const away = inner * (0.8 - 0.22 * (at.height - 0.22));
  const thick = shape.inner * (0.2 + 0.05 * shape.contraction) * (1.15 - 0.5 * Math.abs(at.height - 0.42));
  const anterolateral = (at.u - 0.74 * away) ** 2 + (at.v + 0.67 * away) ** 2;
  const posteromedial = (at.u - 0.1 * away) ** 2 + (at.v - 0.99 * away) ** 2;
  return Math.min(anterolateral, posteromedial) < thick * thick;
}

function trabecular(turn: number, w: number): boolean {
  return Math.sin(turn + 0.11 * w) + 0.6 * Math.sin(0.37 * w + 0.5 * turn) > 0.55;
}

/** Corners at the top and at the lower left of the picture, where the free wall meets septum and diaphragm. */
function triangular(du: number, dv: number): number {
  const radius = Math.sqrt(du * du + dv * dv);
  if (radius === 0) return 1;
  const c = du / radius;
  const s = dv / radius;
  return 1 - 0.09 * (3 * c * c * s - s * s * s);
}

/** Coarse, of different length and width, more of them towards the apex. */
function isTrabecula(angle: number, w: number, rho: number): boolean {
  const reach = 0.8 + 0.13 * Math.sin(5 * angle + 0.21 * w) + 0.06 * Math.sin(17 * angle - 0.4 * w);
  return rho > reach && Math.sin(11 * angle + 0.17 * w + 1.3 * Math.sin(4 * angle)) > 0.1;
}

/** A crescent: an ellipse on the septal side less the left ventricle, wide at the base, ending short of the apex. */
function rightVentricle(shape: Shape, { u, v, w }: HeartPoint, leftOuter: number): Tissue | undefined {
  const height = (w - shape.rightApex) / (shape.rightBase - shape.rightApex);
  if (height <= 0 || height > 1 || u > 0.6 * shape.outer) return undefined;
  const grown = Math.sqrt(1 - (1 - height) ** 1.9);
  const a = shape.rightA * grown;
  const b = shape.rightB * grown;
  const du = u + 0.78 * (leftOuter > 0 ? leftOuter : shape.outer);
  const dv = v + (0.02 + 0.07 * height) * shape.outer;
  const rho = Math.sqrt((du / a) ** 2 + (dv / b) ** 2) * triangular(du, dv);
  const outside = (rho - 1) * Math.min(a, b);
  if (outside > shape.rightWall) return outside < shape.rightWall + 5 ? TISSUE.epicardialFat : undefined;
  if (outside > 0) return TISSUE.rightVentricularWall;
  if (rho > 0.66 + 0.16 * height && isTrabecula(Math.atan2(dv, du), w, rho - 0.16 * height)) return TISSUE.trabecula;
  // The moderator band, from the septum to the free wall.
  if (Math.abs(height - 0.42) < 0.035 && Math.abs(dv - 0.25 * b) < 3 && du < 0.2 * a) return TISSUE.trabecula;
  return TISSUE.rightVentricle;
}
