import type { ImagePlane } from '../core/geometry/image-plane.ts';
import { type CompletenessSettings, type Readiness, seriesReadyAt } from '../core/series/completeness.ts';
import { type KindRule, type KindVerdict, NO_RULE, sequenceKind } from '../core/series/kind-rules.ts';
import { groupReadyAt, groupSeries } from '../core/series/stack-group.ts';
import type { InstanceRecord } from '../store/instances.ts';
import type { SeriesRecord } from '../store/series.ts';
import { SeriesTally } from './series-tally.ts';
import { headerOf } from './stored-instance.ts';

/** A series that is arriving, with what is known of it so far. */
export class OpenSeries {
  readonly series: SeriesRecord;
  /** In order of arrival; every version of a SOP Instance UID. */
  readonly instances: InstanceRecord[] = [];
  readonly #rules: readonly KindRule[];
  readonly #tally = new SeriesTally();
  #verdict: KindVerdict | undefined;

  constructor(series: SeriesRecord, rules: readonly KindRule[]) {
    this.series = series;
    this.#rules = rules;
  }

  /** By the headers; all instances are of one kind, because a series of the record is (`SeriesRecord.part`). */
  get kind(): KindVerdict {
    const [first] = this.instances;
    this.#verdict ??= first === undefined ? undefined : sequenceKind(headerOf(first).kindHeader, this.#rules);
    return this.#verdict ?? { kind: this.series.part, rule: NO_RULE };
  }

  /** The plane of the one stack that all instances lie in; undefined where there is none, or more than one. */
  get stackPlane(): ImagePlane | undefined {
    return this.tally.stackPlane;
  }

  /** One Frame of Reference for all; de-identification may leave each instance its own, which then tells nothing. */
  get frameOfReferenceUid(): string | undefined {
    return this.tally.frameOfReferenceUid;
  }

  /** What has arrived so far. */
  get tally(): SeriesTally {
    return this.#tally.bringUpTo(this.instances);
  }
}

/** Series that are decided together, and from when on. */
export interface SeriesGroup {
  readonly members: readonly OpenSeries[];
  readonly readiness: Readiness;
}

/** The groups that the open series of one study form now. */
export function groupsOf(open: readonly OpenSeries[], settings: CompletenessSettings): SeriesGroup[] {
  const stacks = open.map((series) => ({
    member: series,
    seriesInstanceUid: series.series.seriesInstanceUid,
    studyInstanceUid: series.series.studyInstanceUid,
    frameOfReferenceUid: series.frameOfReferenceUid,
    kind: series.kind.kind,
    plane: series.kind.kind === 'other' ? undefined : series.stackPlane,
  }));
  return groupSeries(stacks).map((group) => {
    const members = group.map(({ member }) => member);
    const isStack = group.every(({ plane }) => plane !== undefined);
    return { members, readiness: readinessOf(members, { isStack, settings }) };
  });
}

/** Only short-axis candidates wait for further series; nothing waits longer than the first arrival allows. */
function readinessOf(
  members: readonly OpenSeries[],
  { isStack, settings }: { readonly isStack: boolean; readonly settings: CompletenessSettings },
): Readiness {
  const parts = members.map((member) => ({ progress: member.tally.progress, planes: member.tally.planes }));
  const [first] = parts as [(typeof parts)[number]];
  const readiness = (isStack ? groupReadyAt(parts, settings) : undefined) ?? seriesReadyAt(first.progress, settings);
  const firstReceivedAt = Math.min(...parts.map(({ progress }) => progress.firstReceivedAt));
  const budget = firstReceivedAt + settings.maxWaitSeconds * 1000;
  return readiness.at <= budget ? readiness : { at: budget, because: 'time-budget' };
}
