import { dirname, join } from 'node:path';
import { chosenPhases } from '../app/classify-stack.ts';
import { NodeError } from '../core/errors.ts';
import type { InputFile } from '../folder/input-files.ts';
import { readVolume, type VolumeFile } from '../folder/volume-file.ts';
import { slicePlane } from '../nifti/voxel-grid.ts';
import { pictureOfSlice, voxelFault } from '../nifti/voxels.ts';
import type { LabelledFolderOptions } from './labelled-folder-options.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import { masksOfLabels } from './picture-masks.ts';
import type { StoredPicture } from './stored-picture.ts';

type Options = Pick<LabelledFolderOptions, 'phasesPerPosition' | 'labelVolume'>;
type Place = { readonly k: number; readonly phase: number };

/**
 * Every slice of a NIfTI volume at some of its phases, rows along the first voxel axis, with the masks of the label
 * volume that lies beside it.
 * @throws NodeError not-an-instance, truncated, storage-failed, pixel-data-mismatch
 */
export async function* niftiPictures(input: InputFile, options: Options): AsyncGenerator<Omit<StoredPicture, 'kind'>> {
  const volume = await readSound(input);
  const { header, bytes } = volume;
  const masksAt = await labelReader(input, volume, options.labelVolume);
  const phases = chosenPhases(header.phases, options.phasesPerPosition);
  for (let k = 0; k < header.size[2]; k++) {
    const plane = slicePlane(header, k);
    for (const phase of phases) {
      yield {
        file: `${input.file}[${header.phases > 1 ? `${k},${phase}` : k}]`,
        image: pictureOfSlice(bytes, header, { k, phase }),
        plane: 'fault' in plane ? undefined : plane,
        masks: masksAt({ k, phase }),
        series: input.file,
        position: String(k),
        phase: header.phases > 1 ? String(phase) : undefined,
      };
    }
  }
}

async function readSound(input: InputFile): Promise<VolumeFile> {
  const volume = await readVolume(input);
  const fault = voxelFault(volume.header, volume.bytes.length);
  if (fault === undefined) return volume;
  throw new NodeError('not-an-instance', `the header's ${fault.attribute} ${fault.fault}`, {
    subject: { file: input.path },
  });
}

async function labelReader(
  { path, file }: InputFile,
  { header }: VolumeFile,
  options: LabelledFolderOptions['labelVolume'],
): Promise<(place: Place) => LabelledPicture['masks']> {
  if (options === undefined) return () => ({});
  const { name, values, sliceOffset } = options;
  const drawn = await readSound({ path: join(dirname(path), name), file: join(dirname(file), name) });
  const [columns, rows, slices] = drawn.header.size;
  if (columns !== header.size[0] || rows !== header.size[1] || drawn.header.phases !== header.phases) {
    throw new NodeError('pixel-data-mismatch', 'the label volume has other columns, rows or phases than its picture', {
      subject: { file: path },
    });
  }
  return ({ k, phase }) => {
    const slice = k + sliceOffset;
    if (slice < 0 || slice >= slices) return {};
    return masksOfLabels(pictureOfSlice(drawn.bytes, drawn.header, { k: slice, phase }).samples, values);
  };
}
