import { agreedKind, frameOfReferenceOf, samePlace, stackPlaneOf } from '../app/series-of-instances.ts';
import type { ImagePlane } from '../core/geometry/image-plane.ts';
import { type KindRule, type KindVerdict, NO_RULE, sequenceKind } from '../core/series/kind-rules.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { StackOfSeries } from '../core/series/stack-group.ts';
import { type FolderInstance, pixelSha256Of, readDataSet } from './folder-instance.ts';

/** The instances of one series, in the order of their files. */
export interface FolderSeries extends StackOfSeries {
  readonly instances: readonly FolderInstance[];
  readonly verdict: KindVerdict;
  readonly kind: SequenceKind;
  readonly plane: ImagePlane | undefined;
  /** Instances whose SOP Instance UID another one bears with other pixels or in another place. */
  readonly duplicates: ReadonlySet<FolderInstance>;
}

/** Name of the rule on record where a person told the kind. */
export const RULE_TOLD = 'told-on-the-command-line';

/** The series of a folder, each with its kind by the rules, or by a person's word where no rule holds. */
export async function seriesOf(
  instances: readonly FolderInstance[],
  { kindRules, kind: told }: { readonly kindRules: readonly KindRule[]; readonly kind?: SequenceKind | undefined },
): Promise<FolderSeries[]> {
  const duplicates = await duplicatesOf(instances);
  const bySeries = gathered(instances, ({ header }) => `${header.studyInstanceUid}|${header.seriesInstanceUid}`);
  return [...bySeries.values()].flatMap((members) => partsOf(members, { kindRules, told, duplicates }));
}

/** The instances of one Series Instance UID, each kind a series of its own, as the node sees them. */
function partsOf(
  members: readonly FolderInstance[],
  context: {
    readonly kindRules: readonly KindRule[];
    readonly told: SequenceKind | undefined;
    readonly duplicates: ReadonlySet<FolderInstance>;
  },
): FolderSeries[] {
  const { kindRules, told, duplicates } = context;
  const judged = members.map((instance) => {
    const byRules = sequenceKind(instance.header.kindHeader, kindRules);
    const verdict = byRules.rule === NO_RULE && told !== undefined ? { kind: told, rule: RULE_TOLD } : byRules;
    return { instance, verdict, kind: verdict.kind, plane: instance.header.plane };
  });
  return [...gathered(judged, ({ kind }) => kind).values()].map((part) => {
    const [first] = part as [(typeof judged)[number]];
    const verdict = agreedKind(
      first.verdict,
      part,
      judged.filter(({ kind }) => kind !== first.kind),
    );
    const headers = part.map(({ instance }) => instance.header);
    const { studyInstanceUid, seriesInstanceUid } = first.instance.header;
    return {
      instances: part.map(({ instance }) => instance),
      verdict,
      kind: verdict.kind,
      studyInstanceUid,
      seriesInstanceUid,
      frameOfReferenceUid: frameOfReferenceOf(headers),
      plane: verdict.kind === 'other' ? undefined : stackPlaneOf(headers),
      duplicates,
    };
  });
}

/** Copies of one instance are harmless; one UID on two different pictures is not. Only UIDs that repeat are read again. */
async function duplicatesOf(instances: readonly FolderInstance[]): Promise<ReadonlySet<FolderInstance>> {
  const duplicates = new Set<FolderInstance>();
  for (const [uid, versions] of gathered(instances, ({ header }) => header.sopInstanceUid)) {
    if (versions.length < 2 || uid === '') continue;
    if (!(await areCopies(versions))) for (const version of versions) duplicates.add(version);
  }
  return duplicates;
}

async function areCopies(versions: readonly FolderInstance[]): Promise<boolean> {
  const [first] = versions as [FolderInstance];
  if (!versions.every(({ header }) => samePlace(first.header, header))) return false;
  const digests = new Set<string | null>();
  for (const version of versions) {
    const digest = await readDataSet(version).then(pixelSha256Of, () => null);
    digests.add(digest);
  }
  return digests.size === 1 && !digests.has(null);
}

function gathered<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
