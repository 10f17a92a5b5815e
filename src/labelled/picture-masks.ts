import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { NodeError } from '../core/errors.ts';
import type { LabelledFolderOptions, StructureValues } from './labelled-folder-options.ts';
import { HEART_STRUCTURES, type HeartStructure, type LabelledPicture } from './labelled-picture.ts';
import { readGreyPng } from './png-picture.ts';

type Masks = LabelledPicture['masks'];
type Size = { readonly rows: number; readonly columns: number };

/**
 * The masks of one PNG picture, from the folders that the options name; where a folder has no file for the picture,
 * nobody drew its structures.
 * @throws NodeError not-an-instance, storage-failed, pixel-data-mismatch
 */
export async function readPictureMasks(
  { folder, picture, size }: { readonly folder: string; readonly picture: string; readonly size: Size },
  { masks = {}, labelMasks }: Pick<LabelledFolderOptions, 'masks' | 'labelMasks'>,
): Promise<Masks> {
  const found: { [Structure in HeartStructure]?: Uint8Array } = {};
  for (const structure of HEART_STRUCTURES) {
    const drawn = masks[structure];
    if (drawn === undefined) continue;
    const values = await readMask(resolve(folder, drawn, basename(picture)), size);
    if (values !== undefined) found[structure] = Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
  }
  if (labelMasks === undefined) return found;
  const labels = await readMask(resolve(folder, labelMasks.folder, basename(picture)), size);
  return labels === undefined ? found : { ...found, ...masksOfLabels(labels, labelMasks.values) };
}

/** One mask for each structure that has values, empty where no pixel bears one. */
export function masksOfLabels(labels: ArrayLike<number>, values: StructureValues): Masks {
  const named = HEART_STRUCTURES.flatMap((structure) => {
    const own = values[structure];
    return own === undefined ? [] : [[structure, Uint8Array.from(labels, (label) => (own.includes(label) ? 1 : 0))]];
  });
  return Object.fromEntries(named) as Masks;
}

async function readMask(path: string, { rows, columns }: Size): Promise<ArrayLike<number> | undefined> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return undefined;
  const mask = await readGreyPng(path);
  if (mask.rows === rows && mask.columns === columns) return mask.values;
  throw new NodeError('pixel-data-mismatch', `the mask is not ${rows} rows × ${columns} columns as its picture is`, {
    subject: { file: path },
  });
}
