import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { coverageGrid, createClassifierGrid } from '../core/pixels/classifier-grid.ts';
import { type ClassifierInputParameters, createClassifierInput } from '../core/pixels/classifier-input.ts';
import { codeOf } from '../folder/input-files.ts';
import { HEART_STRUCTURES, type LabelledPicture } from './labelled-picture.ts';
import { NpyWriter } from './npy-writer.ts';
import { INDEX_HEADING, indexLine } from './tensors-index.ts';

export interface ExportOptions {
  /** The new folder. */
  readonly out: string;
  readonly name: string;
  readonly softwareVersion: string;
  /** What the model sees; from its manifest. */
  readonly input: ClassifierInputParameters;
  /** Who says what is right: labels of a person, or the geometry header. */
  readonly truth: 'labels' | 'header';
  /** A folder of tensors that is there already is replaced. */
  readonly overwrite: boolean;
  readonly signal?: AbortSignal;
}

const DESCRIPTION_FILE = 'tensors.json';

/**
 * Writes pictures as the arrays that networks are trained on, made by the same code that feeds the recogniser:
 * `grids.npy`, `crops.npy`, `masks.npy`, `index.csv` and `tensors.json`. One picture is in memory at a time; the folder
 * gets its name when it is whole.
 * @returns the number of pictures
 * @throws NodeError bad-request where `out` is there, storage-full, storage-failed; whatever `pictures` throws
 */
export async function exportTensors(
  pictures: AsyncIterable<LabelledPicture> | Iterable<LabelledPicture>,
  options: ExportOptions,
): Promise<number> {
  const out = resolve(options.out);
  await refuseToReplace(out, options.overwrite);
  const unfinished = join(dirname(out), `.${basename(out)}.${process.pid}.unfinished`);
  try {
    await mkdir(unfinished, { recursive: true });
    const rows = await writeArrays(pictures, unfinished, options);
    const { size, gridSize, percentiles, crops } = options.input;
    const { name, softwareVersion, truth } = options;
    const input = { size, gridSize, percentiles, crops };
    const description = { formatVersion: 1, name, softwareVersion, input, rows, truth };
    await writeFile(join(unfinished, DESCRIPTION_FILE), `${JSON.stringify(description, null, 2)}\n`);
    if (options.overwrite) await rm(out, { recursive: true, force: true });
    await rename(unfinished, out);
    return rows;
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(cause));
    throw new NodeError(full ? 'storage-full' : 'storage-failed', `the tensors cannot be written: ${codeOf(cause)}`, {
      subject: { file: out },
      cause,
    });
  }
}

/** Only what looks like a folder of tensors is ever removed. */
async function refuseToReplace(out: string, overwrite: boolean): Promise<void> {
  const there = await stat(out).catch(() => undefined);
  if (there === undefined) return;
  const subject = { file: out };
  if (!overwrite) throw new NodeError('bad-request', 'it is there already; --overwrite replaces it', { subject });
  const files = there.isDirectory() ? await readdir(out) : [];
  if (!files.includes(DESCRIPTION_FILE)) {
    throw new NodeError('bad-request', 'it is not a folder of tensors and is not replaced', { subject });
  }
}

async function writeArrays(
  pictures: AsyncIterable<LabelledPicture> | Iterable<LabelledPicture>,
  folder: string,
  { input, signal }: ExportOptions,
): Promise<number> {
  const { size, gridSize, crops } = input;
  const structures = HEART_STRUCTURES.length;
  const gridOf = createClassifierGrid(input);
  const cropsOf = createClassifierInput(input);
  const grids = await NpyWriter.create(join(folder, 'grids.npy'), 'float32', [gridSize, gridSize]);
  const inputs = await NpyWriter.create(join(folder, 'crops.npy'), 'float32', [crops.length, size, size]);
  const masks = await NpyWriter.create(join(folder, 'masks.npy'), 'uint8', [structures, gridSize, gridSize]);
  const index = await open(join(folder, 'index.csv'), 'wx');
  let row = 0;
  try {
    await index.write(INDEX_HEADING);
    for await (const picture of pictures) {
      signal?.throwIfAborted();
      await grids.append(gridOf(picture.image));
      await inputs.append(cropsOf(picture.image));
      await masks.append(maskGrids(picture, gridSize));
      await index.write(indexLine(row, picture));
      row += 1;
    }
    for (const array of [grids, inputs, masks]) await array.finish();
    return row;
  } finally {
    await index.close();
    for (const array of [grids, inputs, masks]) await array.close();
  }
}

function maskGrids({ image, masks }: LabelledPicture, gridSize: number): Uint8Array {
  const all = new Uint8Array(HEART_STRUCTURES.length * gridSize ** 2);
  for (const [channel, structure] of HEART_STRUCTURES.entries()) {
    const mask = masks[structure];
    if (mask !== undefined) all.set(coverageGrid(mask, image, gridSize), channel * gridSize ** 2);
  }
  return all;
}
