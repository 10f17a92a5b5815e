import { basename, resolve } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { type ExportOptions, exportTensors as writeTensors } from '../labelled/export-tensors.ts';
import type { LabelledFolderOptions } from '../labelled/labelled-folder-options.ts';
import type { LabelledPicture } from '../labelled/labelled-picture.ts';
import { phantomPictures } from '../labelled/phantom-pictures.ts';
import { readLabelledFolder, truthOf } from '../labelled/read-labelled-folder.ts';
import { nodeSettings } from '../node/settings.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { commandConfig } from './command-config.ts';
import { EXIT } from './exit-codes.ts';
import { listenForInterruption } from './interruption.ts';
import { type LabelledFolderFlags, labelledFolderOptions } from './labelled-folder-flags.ts';
import { plainLog } from './plain-log.ts';
import { recogniser } from './recogniser.ts';

export interface ExportTensorsOptions extends LabelledFolderFlags {
  readonly out: string;
  readonly name?: string | undefined;
  /** How many made-up pictures are written in place of a folder's. */
  readonly phantoms?: number | undefined;
  readonly seed: string;
  readonly model?: string | undefined;
  readonly config?: string | undefined;
  readonly overwrite: boolean;
}

/** `cmr-node export-tensors FOLDER --out OUT` */
export async function exportTensors(folder: string | undefined, options: ExportTensorsOptions): Promise<number> {
  const config = commandConfig(options.config);
  const terminal = process.stderr;
  const log = plainLog((line) => terminal.write(line), { providers: false });
  const { manifest } = await recogniser(config, { model: options.model, log });
  const settings = await nodeSettings(config, manifest.pooling.correlation);
  let skipped = 0;
  const onSkipped = (file: string, reason: string): void => {
    skipped += 1;
    terminal.write(`passed over: ${file}: ${reason}\n`);
  };
  const source = await sourceOf(folder, options, { ...settings, onSkipped });
  const interruption = listenForInterruption();
  try {
    const rows = await writeTensors(source.pictures, {
      out: options.out,
      name: options.name ?? source.name,
      softwareVersion: SOFTWARE_VERSION,
      input: manifest.input,
      truth: source.truth,
      overwrite: options.overwrite,
      signal: interruption.signal,
    });
    terminal.write(`${rows} pictures in ${options.out}\n`);
    return skipped > 0 ? EXIT.unreadInput : EXIT.ok;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    terminal.write('Interrupted. Nothing is left.\n');
    return EXIT.interrupted;
  } finally {
    interruption.release();
  }
}

interface Source extends Pick<ExportOptions, 'name' | 'truth'> {
  readonly pictures: AsyncIterable<LabelledPicture> | Iterable<LabelledPicture>;
}

async function sourceOf(
  folder: string | undefined,
  options: ExportTensorsOptions,
  settings: Pick<LabelledFolderOptions, 'kindRules' | 'phasesPerPosition' | 'onSkipped'>,
): Promise<Source> {
  const { phantoms: count, seed } = options;
  if ((folder === undefined) === (count === undefined)) {
    throw new NodeError('bad-request', 'export-tensors takes a folder, or --phantoms and a number');
  }
  if (folder === undefined) {
    return { pictures: phantomPictures({ count: count as number, seed }), name: `phantoms-${seed}`, truth: 'labels' };
  }
  const labelled = { ...settings, ...labelledFolderOptions(options) };
  return {
    pictures: readLabelledFolder(folder, labelled),
    name: basename(resolve(folder)),
    truth: await truthOf(folder, labelled),
  };
}
