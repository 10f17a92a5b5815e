import { join } from 'node:path';
import { pictureOf } from '../app/classify-stack.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { NO_RULE, sequenceKind } from '../core/series/kind-rules.ts';
import { type FolderInstance, readDataSet, readFolderInstance } from '../folder/folder-instance.ts';
import { type InputFile, listInputs } from '../folder/input-files.ts';
import type { LabelledFolderOptions } from './labelled-folder-options.ts';
import type { StoredPicture } from './stored-picture.ts';

type Options = Pick<LabelledFolderOptions, 'kindRules' | 'kind' | 'onSkipped'>;

/**
 * The pictures of every DICOM file below a folder; `name` is the folder's name within the data set. What is no picture
 * of one grey value per pixel is passed over, and told.
 * @throws NodeError bad-request where not one picture is there
 */
export async function* dicomFolderPictures(
  root: string,
  name: string,
  options: Options,
): AsyncGenerator<StoredPicture> {
  const { files, skipped } = await listInputs(root, undefined);
  for (const { file, reason } of skipped) options.onSkipped?.(join(name, file), reason);
  let pictures = 0;
  for (const { path, file } of files) {
    try {
      yield await dicomPicture({ path, file: join(name, file) }, options);
      pictures += 1;
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      options.onSkipped?.(join(name, file), messageOf(error));
    }
  }
  if (pictures === 0)
    throw new NodeError('bad-request', 'no DICOM picture is in the folder', { subject: { file: root } });
}

/**
 * The picture of one DICOM file.
 * @throws NodeError not-an-instance, truncated, storage-failed, pixel-data-mismatch
 */
export async function dicomPicture(input: InputFile, options: Options): Promise<StoredPicture> {
  const instance = await readFolderInstance(input);
  const image = pictureOf(await readDataSet(instance));
  if (image === undefined) throw new NodeError('pixel-data-mismatch', 'it is not one uncompressed grey picture');
  const { studyInstanceUid, seriesInstanceUid, plane, kindHeader } = instance.header;
  const kind = kindOf(instance, options);
  return {
    file: input.file,
    image,
    plane,
    masks: {},
    // A study is one person's; who it is stays where it was.
    subject: studyInstanceUid,
    series: seriesInstanceUid,
    phase: kindHeader.triggerTime?.toString(),
    kind,
  };
}

function kindOf({ header }: FolderInstance, { kindRules, kind: told }: Options): StoredPicture['kind'] {
  const { kind, rule } = sequenceKind(header.kindHeader, kindRules);
  return rule === NO_RULE ? (told ?? kind) : kind;
}
