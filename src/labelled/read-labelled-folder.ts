import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { volumeKind } from '../folder/volume-kind.ts';
import { labelPicture } from './label-picture.ts';
import type { LabelledFolderOptions } from './labelled-folder-options.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import { readLabelsTable } from './labels-table.ts';
import { type PictureLabels, pictureLabels } from './picture-labels.ts';
import { readPictureMasks } from './picture-masks.ts';
import { readPngPicture } from './png-picture.ts';
import type { StoredPicture } from './stored-picture.ts';

const TABLE_NAMES = ['labels.csv', 'index.csv'];

/**
 * The pictures of a labelled folder, one at a time, in the order of its labels table (`labels.csv`, else `index.csv`).
 * @throws NodeError bad-request where the labels are wrong, naming file, row and column; not-an-instance,
 * storage-failed where a picture that they name cannot be read
 */
export async function* readLabelledFolder(
  folder: string,
  options: LabelledFolderOptions,
): AsyncGenerator<LabelledPicture> {
  const table = options.labelsFile ?? (await firstThere(TABLE_NAMES.map((name) => join(folder, name))));
  if (table === undefined) {
    throw new NodeError('bad-request', 'the folder has no labels.csv', { subject: { file: folder } });
  }
  const rows = (await readLabelsTable(table)).map((row) => ({ row, labels: pictureLabels(row) }));
  for (const { row, labels } of rows) {
    const path = await firstThere([join(folder, labels.file), join(folder, 'images', labels.file)]);
    if (path === undefined) throw row.fault('names nothing that is in the folder', 'file');
    for await (const stored of storedPictures(path, { folder, labels, options })) {
      yield labelPicture(stored, labels, options);
    }
  }
}

interface Order {
  readonly folder: string;
  readonly labels: PictureLabels;
  readonly options: LabelledFolderOptions;
}

async function* storedPictures(path: string, { folder, labels, options }: Order): AsyncGenerator<StoredPicture> {
  const { image, plane } = await readPngPicture(path, labels.geometry);
  const masks = await readPictureMasks({ folder, picture: path, size: image }, options);
  const { kind } = volumeKind(`${basename(folder)} ${basename(path)}`, options);
  yield { file: labels.file, image, plane, masks, kind };
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  return undefined;
}
