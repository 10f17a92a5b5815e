import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '../config/config-schema.ts';
import { NodeError } from '../core/errors.ts';
import { type ModelManifest, readModelManifest, readModelWeights } from '../inference/model-manifest.ts';
import { openOrientationSession } from '../inference/orientation-session.ts';
import { exportTensors } from '../labelled/export-tensors.ts';
import { readLabelledFolder, truthOf } from '../labelled/read-labelled-folder.ts';
import { nodeSettings } from '../node/settings.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { type AdaptationReport, adaptationReportSchema, comparison } from './adaptation-report.ts';
import { commandConfig } from './command-config.ts';
import { EXIT } from './exit-codes.ts';
import { listenForInterruption } from './interruption.ts';
import { type LabelledFolderFlags, labelledFolderOptions } from './labelled-folder-flags.ts';
import { modelFolderOf } from './recogniser.ts';
import { assertCanTrain, runTrainingProgram } from './training-program.ts';

export interface AdaptOptions extends LabelledFolderFlags {
  /** The new model's folder; its last part is the model's name. */
  readonly out: string;
  readonly base?: string | undefined;
  readonly subjectsHeldBack: number;
  readonly steps: number;
  readonly seed: number;
  readonly python: string;
  readonly keepAnyway: boolean;
  readonly config?: string | undefined;
}

interface Adaptation {
  readonly baseFolder: string;
  readonly base: ModelManifest;
  /** For the site's pictures, while they are needed. */
  readonly scratch: string;
  /** The new model until it is known to be good. */
  readonly unfinished: string;
  readonly signal: AbortSignal;
}

/** `cmr-node adapt FOLDER --out models/NAME`: the line of configuration goes to standard output, all else to standard error. */
export async function adapt(folder: string, options: AdaptOptions): Promise<number> {
  const config = commandConfig(options.config);
  const out = resolve(options.out);
  await assertNewModel(out);
  const baseFolder = await modelFolderOf(config, options.base);
  const base = await readModelManifest(baseFolder);
  await assertTrainable(baseFolder);
  await assertCanTrain(options.python);
  const interruption = listenForInterruption();
  const unfinished = join(dirname(out), `.${basename(out)}.${process.pid}.unfinished`);
  const scratch = await mkdtemp(join(tmpdir(), 'cmr-node-adapt-'));
  try {
    const adaptation = { baseFolder, base, scratch, unfinished, signal: interruption.signal };
    const skipped = await writeTensors(folder, config, { ...options, ...adaptation });
    const code = await train({ ...options, ...adaptation, name: basename(out) });
    if (code !== EXIT.ok) return code;
    await assertServes(unfinished);
    const report = adaptationReportSchema.parse(
      JSON.parse(await readFile(join(unfinished, 'adaptation.json'), 'utf8')),
    );
    process.stderr.write(comparison(report, basename(out)));
    if (report.faults.length > 0 && !options.keepAnyway) {
      process.stderr.write('Nothing is kept. --keep-anyway keeps such a model.\n');
      return EXIT.failed;
    }
    await rename(unfinished, out);
    tellHowToUse(out, config, report);
    return skipped > 0 ? EXIT.unreadInput : EXIT.ok;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('Interrupted. Nothing is left.\n');
    return EXIT.interrupted;
  } finally {
    interruption.release();
    for (const left of [scratch, unfinished]) await rm(left, { recursive: true, force: true });
  }
}

async function assertNewModel(out: string): Promise<void> {
  const subject = { file: out };
  if (!/^\w[\w.-]*$/.test(basename(out))) {
    throw new NodeError('bad-request', 'the last part of --out names the model: letters, digits, _ . - only', {
      subject,
    });
  }
  const there = await stat(out).catch(() => undefined);
  if (there !== undefined) {
    throw new NodeError('bad-request', 'it is there already, and no model is replaced', { subject });
  }
}

async function assertTrainable(baseFolder: string): Promise<void> {
  const file = join(baseFolder, 'weights.pt');
  const there = await stat(file).catch(() => undefined);
  if (there === undefined) {
    throw new NodeError('model-invalid', 'The model has no weights to train further', { subject: { file } });
  }
}

/** @returns how many files were passed over */
async function writeTensors(
  folder: string,
  config: Config,
  { base, scratch, signal, ...flags }: LabelledFolderFlags & Adaptation,
): Promise<number> {
  let skipped = 0;
  const onSkipped = (file: string, reason: string): void => {
    skipped += 1;
    process.stderr.write(`passed over: ${file}: ${reason}\n`);
  };
  const settings = await nodeSettings(config, base.pooling.correlation);
  const labelled = { ...settings, ...labelledFolderOptions(flags), onSkipped };
  const truth = await truthOf(folder, labelled);
  const rows = await exportTensors(readLabelledFolder(folder, labelled), {
    out: tensorsIn(scratch),
    name: 'site',
    softwareVersion: SOFTWARE_VERSION,
    input: base.input,
    truth,
    overwrite: false,
    signal,
  });
  process.stderr.write(`${rows} pictures, labelled by ${truth === 'header' ? 'their geometry headers' : 'people'}\n`);
  return skipped;
}

function tensorsIn(scratch: string): string {
  return join(scratch, 'site');
}

/** @returns the exit code: that of a refusal, which the program has told, or 1 */
async function train({
  name,
  ...of
}: Pick<AdaptOptions, 'subjectsHeldBack' | 'steps' | 'seed' | 'python'> &
  Adaptation & { readonly name: string }): Promise<number> {
  const places = ['--tensors', tensorsIn(of.scratch), '--base', of.baseFolder, '--out', of.unfinished, '--name', name];
  const choices = ['--subjects-held-back', of.subjectsHeldBack, '--steps', of.steps, '--seed', of.seed].map(String);
  const code = await runTrainingProgram('adapt.py', { ...of, args: [...places, ...choices] });
  const told: readonly number[] = [EXIT.ok, EXIT.wrongUsage, EXIT.configuration];
  return told.includes(code) ? code : EXIT.failed;
}

/** The node itself opens the model, as it would at its start. */
async function assertServes(modelFolder: string): Promise<void> {
  const manifest = await readModelManifest(modelFolder);
  const weights = await readModelWeights(manifest);
  const session = await openOrientationSession(manifest, weights, { provider: 'cpu', threads: 1 });
  await session.close();
}

function tellHowToUse(out: string, config: Config, { faults }: AdaptationReport): void {
  const elsewhere =
    dirname(out) === resolve(config.inference.modelsDir) ? '' : `modelsDir: ${JSON.stringify(dirname(out))}, `;
  const kept = faults.length > 0 ? 'kept all the same' : 'kept';
  process.stderr.write(`The model is ${kept} in ${out}. Nothing uses it until the configuration says:\n`);
  process.stdout.write(`inference: { ${elsewhere}model: ${basename(out)} }\n`);
}
