import { type ImagePlane, planeFault } from '../geometry/image-plane.ts';
import { dot, type Lps, unit } from '../geometry/vector.ts';
import {
  type CompletenessSettings,
  quietOrBudget,
  type Readiness,
  type SeriesProgress,
  seriesReadyAt,
} from './completeness.ts';
import type { SequenceKind } from './sequence-kind.ts';
import { slicePositionIndices } from './slice-position.ts';

/** Slices whose rows and columns differ by no more than this lie in one stack. */
export const STACK_ANGLE_DEGREES = 10;
/** With fewer positions a group waits for further series, and a decision needs the header's consent. */
export const ENOUGH_SLICE_POSITIONS = 3;

const LEAST_COSINE = Math.cos((STACK_ANGLE_DEGREES * Math.PI) / 180);
/** Room for the rounding of cosines, so that a plane is surely in the same stack as itself. */
const COSINE_ROUNDING = 1e-9;

/** Rows and columns point the same way: one correction fits both. */
export function sameStack(a: ImagePlane, b: ImagePlane): boolean {
  return alike(a.rowCosines, b.rowCosines) && alike(a.columnCosines, b.columnCosines);
}

function alike(a: Lps, b: Lps): boolean {
  return dot(unit(a), unit(b)) >= LEAST_COSINE - COSINE_ROUNDING;
}

/** How many slice positions a set of planes has. Planes without sound geometry are not counted. */
export function slicePositions(planes: readonly ImagePlane[]): number {
  const sound = planes.filter((plane) => planeFault(plane) === undefined);
  if (sound.length === 0) {
    return 0;
  }
  const reference = sound.reduce((least, plane) => (comparePlanes(plane, least) < 0 ? plane : least));
  return new Set(slicePositionIndices([reference, ...sound])).size;
}

/** The stacks in one series (a cine of three directions, a localizer), the same for any order of the items. */
export function splitIntoStacks<Item extends { readonly plane: ImagePlane }>(
  items: readonly Item[],
): readonly (readonly Item[])[] {
  const ordered = [...items].sort((a, b) => comparePlanes(a.plane, b.plane));
  return gathered(ordered, (reference, item) => sameStack(reference.plane, item.plane));
}

/** One stack of a series, as far as grouping needs to know it. */
export interface StackOfSeries {
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly frameOfReferenceUid: string | undefined;
  readonly kind: SequenceKind;
  /** Any plane of the stack; undefined where the geometry is missing or broken. */
  readonly plane: ImagePlane | undefined;
}

/**
 * The units of decision: series of one study, Frame of Reference and kind whose stacks lie alike pool their slices. A
 * series without a Frame of Reference or a plane, or of kind `other`, stays by itself. Members and groups are in order
 * of Series Instance UID, whatever the order of the input, and each group is alike to its first member.
 */
export function groupSeries<Series extends StackOfSeries>(series: readonly Series[]): readonly (readonly Series[])[] {
  const ordered = [...series].sort(
    (a, b) =>
      compare(a.seriesInstanceUid, b.seriesInstanceUid) ||
      (a.plane !== undefined && b.plane !== undefined ? comparePlanes(a.plane, b.plane) : 0),
  );
  return gathered(ordered, belongTogether);
}

function belongTogether(a: StackOfSeries, b: StackOfSeries): boolean {
  return (
    a.studyInstanceUid === b.studyInstanceUid &&
    a.frameOfReferenceUid !== undefined &&
    a.frameOfReferenceUid === b.frameOfReferenceUid &&
    a.kind !== 'other' &&
    a.kind === b.kind &&
    a.plane !== undefined &&
    b.plane !== undefined &&
    sameStack(a.plane, b.plane)
  );
}

/**
 * Each item joins the first group whose first member it is alike to. Likeness within an angle is not transitive:
 * comparing with the first member alone keeps a fan of planes from growing into one group.
 */
function gathered<Item>(
  items: readonly Item[],
  areAlike: (reference: Item, item: Item) => boolean,
): readonly (readonly Item[])[] {
  const groups: [Item, ...Item[]][] = [];
  for (const item of items) {
    const home = groups.find(([reference]) => areAlike(reference, item));
    if (home === undefined) {
      groups.push([item]);
    } else {
      home.push(item);
    }
  }
  return groups;
}

/** A series of a group and the planes of what has arrived of it. */
export interface GroupMember {
  readonly progress: SeriesProgress;
  readonly planes: readonly ImagePlane[];
}

/**
 * From when on a group may be judged, if nothing more arrives. Some scanners make one series per slice, each complete
 * by its own count: a group with a series of few positions waits for further series as a series waits for instances, so
 * that a stack is not decided in pieces.
 * @returns undefined for a group without members
 */
export function groupReadyAt(members: readonly GroupMember[], settings: CompletenessSettings): Readiness | undefined {
  const [first, ...others] = members.map(({ progress }) => seriesReadyAt(progress, settings));
  if (first === undefined) {
    return undefined;
  }
  const allReady = others.reduce(later, first);
  if (members.every(({ planes }) => slicePositions(planes) >= ENOUGH_SLICE_POSITIONS)) {
    return allReady;
  }
  const arrivals = members.map(({ progress }) => progress);
  const firstReceivedAt = Math.min(...arrivals.map((progress) => progress.firstReceivedAt));
  const lastReceivedAt = Math.max(...arrivals.map((progress) => progress.lastReceivedAt));
  return later(quietOrBudget({ firstReceivedAt, lastReceivedAt }, settings), allReady);
}

function later(a: Readiness, b: Readiness): Readiness {
  return b.at > a.at ? b : a;
}

/** Any order will do, as long as it depends on nothing but the planes. */
function comparePlanes(a: ImagePlane, b: ImagePlane): number {
  const valuesOfB = orderingValues(b);
  for (const [index, value] of orderingValues(a).entries()) {
    const order = compare(value, valuesOfB[index]!);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

/** Broken numbers come last. */
function orderingValues(plane: ImagePlane): readonly number[] {
  const values = [...plane.rowCosines, ...plane.columnCosines, ...plane.imagePositionPatient];
  return values.map((value) => (Number.isNaN(value) ? Infinity : value));
}

function compare<Value extends string | number>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
