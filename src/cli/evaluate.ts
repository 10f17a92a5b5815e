import { writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Config } from '../config/config-schema.ts';
import { NodeError } from '../core/errors.ts';
import { type EvaluationOptions, evaluateModel, evaluatePredictions } from '../evaluation/evaluate-model.ts';
import { type Evaluation, measuredFolders } from '../evaluation/evaluation.ts';
import type { PictureSource } from '../evaluation/judge-folders.ts';
import type { ModelEvaluation } from '../evaluation/model-evaluation.ts';
import { readPredictions } from '../evaluation/predictions-file.ts';
import { consoleTable } from '../evaluation/report/console-table.ts';
import { reportPage } from '../evaluation/report/report-page.ts';
import { readSplitPart, type SplitPart } from '../evaluation/subject-split.ts';
import type { LabelledPicture } from '../labelled/labelled-picture.ts';
import { type PhantomPicturesOptions, phantomPictures } from '../labelled/phantom-pictures.ts';
import { readLabelledFolder, truthOf } from '../labelled/read-labelled-folder.ts';
import { nodeSettings } from '../node/settings.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { assertWritable } from './assert-writable.ts';
import { commandConfig } from './command-config.ts';
import { EXIT } from './exit-codes.ts';
import { type LabelledFolderFlags, labelledFolderOptions } from './labelled-folder-flags.ts';
import { plainLog, tellsProviders } from './plain-log.ts';
import { recogniser } from './recogniser.ts';

export interface EvaluateOptions extends LabelledFolderFlags {
  readonly model?: readonly string[] | undefined;
  readonly config?: string | undefined;
  readonly verbose?: boolean | undefined;
  /** HTML */
  readonly report?: string | undefined;
  readonly json?: string | undefined;
  /** `FILE:PART` */
  readonly subjects?: string | undefined;
  readonly predictions?: string | undefined;
  readonly turnAll?: boolean | undefined;
  /** So many made-up pictures, beside the folders. */
  readonly phantoms?: number | undefined;
  /** Names the made-up people. */
  readonly seed: string;
}

/** `cmr-node evaluate DIR …`: the table goes to standard output, what people read meanwhile to standard error. */
export async function evaluate(folders: readonly string[], options: EvaluateOptions): Promise<number> {
  const config = commandConfig(options.config);
  for (const file of [options.report, options.json]) if (file !== undefined) await assertWritable(file);
  const part = options.subjects === undefined ? undefined : await readSplitPart(options.subjects);
  if (options.labels !== undefined && folders.length > 1) {
    throw new NodeError('bad-request', '--labels is the table of one folder');
  }
  const skipped = new Set<string>();
  const onSkipped = (file: string, reason: string): void => {
    if (!skipped.has(file)) process.stderr.write(`passed over: ${file}: ${reason}\n`);
    skipped.add(file);
  };
  const setting = { config, options, sources: await sourcesOf(folders, { config, options, part, onSkipped }) };
  const models =
    options.predictions === undefined ? await measuredModels(setting) : [await measuredPredictions(setting)];
  const evaluation: Evaluation = {
    formatVersion: 1,
    softwareVersion: SOFTWARE_VERSION,
    createdAt: new Date().toISOString(),
    part: part?.name,
    folders: measuredFolders(setting.sources, models[0]?.judged ?? []),
    models,
  };
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(evaluation)}\n`);
  if (options.report !== undefined) await writeFile(options.report, reportPage(evaluation));
  await new Promise((written) => process.stdout.write(consoleTable(evaluation), written));
  return skipped.size > 0 ? EXIT.unreadInput : EXIT.ok;
}

interface Setting {
  readonly config: Config;
  readonly options: EvaluateOptions;
  readonly sources: readonly PictureSource[];
}

async function measuredModels(setting: Setting): Promise<ModelEvaluation[]> {
  const { config, options, sources } = setting;
  const log = plainLog((line) => process.stderr.write(line), tellsProviders(config, options.verbose));
  const models: ModelEvaluation[] = [];
  for (const model of options.model ?? [config.inference.model]) {
    const { manifest, classifier, close } = await recogniser(config, { model, log });
    try {
      const under = { manifest, classifier: await classifier() };
      models.push(
        await evaluateModel(sources, under, await evaluationOptions(setting, manifest.pooling.correlation, model)),
      );
    } finally {
      await close();
    }
  }
  return models;
}

/** Predictions of a cross-validation are pooled as those of the model that is named, or configured. */
async function measuredPredictions(setting: Setting): Promise<ModelEvaluation> {
  const { config, options, sources } = setting;
  const path = options.predictions as string;
  const log = plainLog((line) => process.stderr.write(line), { providers: false });
  const { manifest } = await recogniser(config, { model: options.model?.[0], log });
  const given = { name: basename(path), predictions: await readPredictions(path) };
  const measured = await evaluatePredictions(
    sources,
    given,
    await evaluationOptions(setting, manifest.pooling.correlation, given.name),
  );
  if (measured.judged.length > 0) return measured;
  throw new NodeError('bad-request', 'the predictions name no picture of the folders', { subject: { file: path } });
}

async function evaluationOptions(
  { config, options }: Setting,
  correlation: number,
  name: string,
): Promise<EvaluationOptions> {
  const { thresholds, decision, phasesPerPosition } = await nodeSettings(config, correlation);
  return {
    // As `cmr-node standardize` does where a person asked for it.
    rules: { thresholds, settings: { ...decision, onMissingGeometry: 'standardize' }, correlation, phasesPerPosition },
    turnAll: options.turnAll,
    onFolder: (dataSet, pictures) => process.stderr.write(`${name}: ${dataSet}, ${pictures} pictures\n`),
  };
}

/** Each folder by the name of its last part, or by its whole path where two have the same. */
async function sourcesOf(
  folders: readonly string[],
  {
    config,
    options,
    part,
    onSkipped,
  }: { config: Config; options: EvaluateOptions } & {
    readonly part: SplitPart | undefined;
    readonly onSkipped: (file: string, reason: string) => void;
  },
): Promise<readonly PictureSource[]> {
  const { phantoms: count, seed } = options;
  if (folders.length === 0 && count === undefined) {
    throw new NodeError('bad-request', 'evaluate takes labelled folders, or --phantoms and a number');
  }
  const names = folders.map((folder) => basename(resolve(folder)));
  const { kindRules, phasesPerPosition } = await nodeSettings(config, 1);
  const reading = { kindRules, phasesPerPosition, ...labelledFolderOptions(options), onSkipped };
  const labelled = await Promise.all(
    folders.map(async (folder, i) => {
      const name = names[i] as string;
      const dataSet = names.indexOf(name) === names.lastIndexOf(name) ? name : folder;
      const pictures = () => chosen(readLabelledFolder(folder, reading), { folder, name, part });
      return { dataSet, truth: await truthOf(folder, reading), pictures };
    }),
  );
  return count === undefined ? labelled : [...labelled, phantoms({ count, seed })];
}

function phantoms(options: PhantomPicturesOptions): PictureSource {
  async function* pictures(): AsyncGenerator<LabelledPicture> {
    yield* phantomPictures(options);
  }
  return { dataSet: `phantoms-${options.seed}`, truth: 'labels', pictures };
}

/** @throws NodeError bad-request where nothing is left: an evaluation of nothing would look perfect */
async function* chosen(
  pictures: AsyncIterable<LabelledPicture>,
  { folder, name, part }: { folder: string; name: string; part: SplitPart | undefined },
): AsyncGenerator<LabelledPicture> {
  let count = 0;
  for await (const picture of pictures) {
    if (part !== undefined && !part.has(name, picture.subject)) continue;
    count += 1;
    yield picture;
  }
  if (count > 0) return;
  const what = part === undefined ? 'holds no picture' : `holds no subject of the part ${part.name} of the split`;
  throw new NodeError('bad-request', `the folder ${what}`, { subject: { file: folder } });
}
