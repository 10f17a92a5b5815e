import type { InstanceHeader } from '../core/attributes/instance-header.ts';
import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { KindVerdict } from '../core/series/kind-rules.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { sameStack, splitIntoStacks } from '../core/series/stack-group.ts';

/** On record where the instances of one series are of different kinds. */
export const RULE_KINDS_DIFFER = 'instances-differ';

const DIFFERENT: KindVerdict = { kind: 'other', rule: RULE_KINDS_DIFFER };

/** What of one instance tells to which part of its series it belongs. */
export interface PartMember {
  readonly kind: SequenceKind;
  readonly plane: ImagePlane | undefined;
}

/**
 * One Series Instance UID may stand on scouts and cines alike: each kind is a series of its own. But where instances of
 * another kind lie in the same stack, the headers disagree about the same pictures, and none of them is one of ours: a
 * series must never leave half turned. An instance without a plane may lie anywhere.
 */
export function agreedKind(
  verdict: KindVerdict,
  own: readonly PartMember[],
  others: readonly PartMember[],
): KindVerdict {
  return verdict.kind !== 'other' && shareStack(own, others) ? DIFFERENT : verdict;
}

/** Some of both lie in one stack, or may: an instance without a plane may lie anywhere. */
export function shareStack(own: readonly PartMember[], others: readonly PartMember[]): boolean {
  const [ownPlanes, otherPlanes] = [stackPlanes(own), stackPlanes(others)];
  return otherPlanes.some((other) =>
    ownPlanes.some((plane) => plane === undefined || other === undefined || sameStack(plane, other)),
  );
}

/** One plane of each stack, and `undefined` where an instance has none: a series has thousands of instances, not of stacks. */
function stackPlanes(members: readonly PartMember[]): readonly (ImagePlane | undefined)[] {
  const placed = members.flatMap(({ plane }) => (plane === undefined ? [] : [{ plane }]));
  const stacks = splitIntoStacks(placed).map(([first]) => first?.plane);
  return placed.length < members.length ? [...stacks, undefined] : stacks;
}

/** The plane of the one stack that all instances lie in; undefined where there is none, or more than one. */
export function stackPlaneOf(headers: readonly Pick<InstanceHeader, 'plane'>[]): ImagePlane | undefined {
  const planes = headers.flatMap(({ plane }) => plane ?? []);
  if (planes.length < headers.length) return undefined;
  const stacks = splitIntoStacks(planes.map((plane) => ({ plane })));
  return stacks.length === 1 ? planes[0] : undefined;
}

/** One Frame of Reference for all, or none that counts. */
export function frameOfReferenceOf(headers: readonly InstanceHeader[]): string | undefined {
  const uid = headers[0]?.frameOfReferenceUid;
  return headers.every(({ frameOfReferenceUid }) => frameOfReferenceUid === uid) ? uid : undefined;
}

/** A corrected name leaves a picture where it was; a corrected geometry makes it another object. */
export function samePlace(a: InstanceHeader, b: InstanceHeader): boolean {
  return (
    a.studyInstanceUid === b.studyInstanceUid &&
    a.seriesInstanceUid === b.seriesInstanceUid &&
    JSON.stringify(a.plane) === JSON.stringify(b.plane)
  );
}
