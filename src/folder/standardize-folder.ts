import { messageOf } from '../core/errors.ts';
import { carryOutGroup } from './carry-out-group.ts';
import { type DecidedGroup, decideSeries } from './decide-series.ts';
import type { FolderContext } from './folder-context.ts';
import { type FolderInstance, readFolderInstance } from './folder-instance.ts';
import { seriesOf } from './folder-series.ts';
import { type InputFile, listInputs } from './input-files.ts';
import { OutputPlaces } from './output-places.ts';
import type { FolderReport, InputReport, SeriesReport } from './report.ts';
import { seriesReport } from './series-report.ts';
import { standardizeVolume } from './standardize-volume.ts';
import { isVolumeName } from './volume-file.ts';

export interface FolderOutcome {
  readonly report: FolderReport;
  /** The files of each series of the report, in its order; of a series that is not eligible, too. */
  readonly filesOfSeries: readonly (readonly string[])[];
  /** Inputs that could not be read. */
  readonly unread: number;
  /** What the recogniser failed with; its series passed as received. */
  readonly failures: readonly string[];
}

/**
 * Standardizes a folder or a file: decides as the node does, writes every input once, and tells what was done.
 * @throws NodeError bad-request, storage-full, storage-failed; what the context's signal was aborted with
 */
export async function standardizeFolder(
  { input, output }: { readonly input: string; readonly output: string },
  context: FolderContext,
): Promise<FolderOutcome> {
  const places = await OutputPlaces.plan(input, output);
  await places.assertApart(input);
  const { files, skipped } = await listInputs(input, await places.excluded());
  const volumes = files.filter(({ file }) => isVolumeName(file));
  const others = files.filter(({ file }) => !isVolumeName(file));
  const { instances, unread } = await readAll(others, context);
  if (!context.settings.dryRun) await places.assertFree([...instances, ...volumes], context.settings.overwrite);
  const work = new FolderWork(context, places);
  context.progress.phase('deciding and writing', instances.length + volumes.length);
  await decideSeries(await seriesOf(instances, context.settings), context, (group) => work.carryOut(group));
  for (const volume of volumes) await work.volume(volume);
  const missing = [...skipped, ...unread].map(({ file, reason }) => ({ file, output: null, reason }));
  return {
    report: { series: work.series, inputs: byFile([...work.inputs, ...missing]) },
    filesOfSeries: work.filesOfSeries,
    unread: missing.length + work.lost,
    failures: work.failures,
  };
}

async function readAll(
  files: readonly InputFile[],
  { progress, signal }: FolderContext,
): Promise<{ readonly instances: FolderInstance[]; readonly unread: { file: string; reason: string }[] }> {
  const instances: FolderInstance[] = [];
  const unread: { file: string; reason: string }[] = [];
  progress.phase('reading', files.length);
  for (const file of files) {
    signal?.throwIfAborted();
    try {
      instances.push(await readFolderInstance(file));
    } catch (error) {
      unread.push({ file: file.file, reason: messageOf(error) });
    }
    progress.step();
  }
  return { instances, unread };
}

/** Gathers the report while groups are carried out. */
class FolderWork {
  readonly series: SeriesReport[] = [];
  readonly filesOfSeries: (readonly string[])[] = [];
  readonly inputs: InputReport[] = [];
  readonly failures: string[] = [];
  lost = 0;
  readonly #context: FolderContext;
  readonly #places: OutputPlaces;
  #groups = 0;

  constructor(context: FolderContext, places: OutputPlaces) {
    this.#context = context;
    this.#places = places;
  }

  async carryOut(group: DecidedGroup): Promise<DecidedGroup['decision'][]> {
    const context = this.#context;
    context.signal?.throwIfAborted();
    const { dryRun } = context.settings;
    const stackGroup = group.evidence.kind === 'other' ? null : ++this.#groups;
    const order = { context, places: this.#places };
    const series = group.members.map((member) => member.series);
    const carriedOut = await carryOutGroup(series, group.decision, order);
    for (const [i, member] of group.members.entries()) {
      const { decision, inputs } = carriedOut[i] as (typeof carriedOut)[number];
      this.series.push(seriesReport(member, decision, { group, stackGroup, mode: dryRun ? 'observe' : 'standardize' }));
      this.filesOfSeries.push(member.series.instances.map(({ file }) => file));
      this.inputs.push(...inputs);
      if (!dryRun) this.lost += inputs.filter(({ output }) => output === null).length;
      if (member.failure !== undefined) this.failures.push(member.failure);
    }
    return carriedOut.map(({ decision }) => decision);
  }

  async volume(input: InputFile): Promise<void> {
    this.#context.signal?.throwIfAborted();
    const order = { context: this.#context, places: this.#places, stackGroup: this.#groups + 1 };
    const { series, input: report, failure } = await standardizeVolume(input, order);
    if (series?.stackGroup === order.stackGroup) this.#groups += 1;
    if (series !== undefined) {
      this.series.push(series);
      this.filesOfSeries.push([input.file]);
    }
    this.inputs.push(report);
    if (report.output === null && (series === undefined || !this.#context.settings.dryRun)) this.lost += 1;
    if (failure !== undefined) this.failures.push(failure);
  }
}

function byFile(inputs: readonly InputReport[]): InputReport[] {
  return [...inputs].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
