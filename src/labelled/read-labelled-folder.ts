import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { messageOf, NodeError } from '../core/errors.ts';
import { isVolumeName } from '../folder/volume-file.ts';
import { volumeKind } from '../folder/volume-kind.ts';
import { dicomFolderPictures, dicomPicture } from './dicom-pictures.ts';
import { headerLabels } from './header-labels.ts';
import { labelPicture } from './label-picture.ts';
import type { LabelledFolderOptions } from './labelled-folder-options.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import { readLabelsTable } from './labels-table.ts';
import { niftiPictures } from './nifti-pictures.ts';
import { type PictureLabels, pictureLabels } from './picture-labels.ts';
import { readPictureMasks } from './picture-masks.ts';
import { readPngPicture } from './png-picture.ts';
import type { StoredPicture } from './stored-picture.ts';

const TABLE_NAMES = ['labels.csv', 'index.csv'];

/**
 * The pictures of a labelled folder, one at a time, in the order of its labels table (`labels.csv`, else `index.csv`).
 * Without a table it is a folder of DICOM, labelled by what the options say of all, else by its geometry headers.
 * @throws NodeError bad-request where the labels are wrong, naming file, row and column; not-an-instance, truncated,
 * storage-failed, pixel-data-mismatch where a picture that they name cannot be read
 */
export async function* readLabelledFolder(
  folder: string,
  options: LabelledFolderOptions,
): AsyncGenerator<LabelledPicture> {
  const table = await labelsTable(folder, options);
  if (table === undefined) {
    const byHeader = (await truthOf(folder, options)) === 'header';
    for await (const stored of dicomFolderPictures(folder, '', options)) {
      yield labelPicture(stored, byHeader ? headerLabels(stored.plane) : {}, options);
    }
    return;
  }
  // The whole table is checked before the first picture is read.
  const rows = (await readLabelsTable(table)).map((row) => ({ row, labels: pictureLabels(row) }));
  for (const { row, labels } of rows) {
    const path = await firstThere([join(folder, labels.file), join(folder, 'images', labels.file)]);
    if (path === undefined) throw row.fault('names nothing that is in the folder', 'file');
    try {
      for await (const stored of storedPictures(path, labels, { folder, ...options })) {
        yield labelPicture(stored, labels, options);
      }
    } catch (cause) {
      throw naming(labels.file, cause);
    }
  }
}

/** Who says what is right in a folder: labels (or a person's word for all pictures), or the geometry headers. */
export async function truthOf(
  folder: string,
  options: Pick<LabelledFolderOptions, 'labelsFile' | 'code' | 'shortAxis'>,
): Promise<'labels' | 'header'> {
  const toldOfAll = options.code !== undefined || options.shortAxis !== undefined;
  return toldOfAll || (await labelsTable(folder, options)) !== undefined ? 'labels' : 'header';
}

async function labelsTable(
  folder: string,
  { labelsFile }: Pick<LabelledFolderOptions, 'labelsFile'>,
): Promise<string | undefined> {
  return labelsFile ?? (await firstThere(TABLE_NAMES.map((name) => join(folder, name))));
}

async function* storedPictures(
  path: string,
  { file, geometry }: PictureLabels,
  options: LabelledFolderOptions & { readonly folder: string },
): AsyncGenerator<StoredPicture> {
  const kindByName = (): StoredPicture['kind'] => {
    const name = `${basename(resolve(options.folder))} ${file.replaceAll('/', ' ')}`;
    return volumeKind(name, options).kind;
  };
  if (/\.png$/i.test(path)) {
    const { image, plane } = await readPngPicture(path, geometry);
    const masks = await readPictureMasks({ folder: options.folder, picture: path, size: image }, options);
    yield { file, image, plane, masks, kind: kindByName() };
  } else if (isVolumeName(path)) {
    const kind = kindByName();
    for await (const picture of niftiPictures({ path, file }, options)) yield { ...picture, kind };
  } else {
    const stored = (await stat(path)).isDirectory()
      ? dicomFolderPictures(path, file, options)
      : [await dicomPicture({ path, file }, options)];
    yield* stored;
  }
}

function naming(file: string, cause: unknown): unknown {
  if (!(cause instanceof NodeError) || cause.subject.file !== undefined) return cause;
  return new NodeError(cause.code, messageOf(cause), { subject: { ...cause.subject, file }, cause });
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  return undefined;
}
