import type { InstanceHeader } from '../core/attributes/instance-header.ts';
import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { KindVerdict } from '../core/series/kind-rules.ts';
import { splitIntoStacks } from '../core/series/stack-group.ts';

/** On record where the instances of one series are of different kinds. */
export const RULE_KINDS_DIFFER = 'instances-differ';

const DIFFERENT: KindVerdict = { kind: 'other', rule: RULE_KINDS_DIFFER };

/** One kind for all: a series whose instances disagree is not one of ours. */
export function agreedKind(verdicts: readonly KindVerdict[]): KindVerdict {
  const [first = DIFFERENT] = verdicts;
  return verdicts.every(({ kind }) => kind === first.kind) ? first : DIFFERENT;
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
