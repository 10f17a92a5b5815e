import { type ImagePlane, pixelCentreLps, sliceNormal } from '../core/geometry/image-plane.ts';
import { dot, unit } from '../core/geometry/vector.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { LabelledFolderOptions } from './labelled-folder-options.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import type { PictureLabels } from './picture-labels.ts';
import type { StoredPicture } from './stored-picture.ts';

/** What the labels say of a picture, what its file says where they are silent, and what follows from both. */
export function labelPicture(
  stored: StoredPicture,
  labels: Partial<PictureLabels>,
  options: Pick<LabelledFolderOptions, 'code' | 'shortAxis'>,
): LabelledPicture {
  const { file, image, plane, masks } = stored;
  const code = labels.code ?? options.code;
  const shortAxis = options.shortAxis ?? labels.shortAxis ?? (code === undefined ? undefined : true);
  const subject = labels.subject ?? firstFolder(labels.file) ?? stored.subject ?? labels.file ?? file;
  const kind = labels.kind ?? stored.kind;
  return {
    file,
    subject,
    series: labels.series ?? seriesOf(stored, subject, kind),
    position: labels.position ?? stored.position ?? (plane === undefined ? file : offset(plane)),
    phase: labels.phase ?? stored.phase ?? '',
    kind,
    // A picture that is no short axis has no code, whatever is said about all.
    code: shortAxis === false ? undefined : code,
    shortAxis,
    nearBorder: labels.nearBorder,
    quality: labels.quality,
    angleDegrees: labels.angleDegrees,
    image,
    plane,
    masks,
  };
}

/** Data sets that do not name their subjects give each a folder. */
function firstFolder(file: string | undefined): string | undefined {
  return file?.includes('/') ? file.split('/')[0] : undefined;
}

function seriesOf({ series, plane }: StoredPicture, subject: string, kind: SequenceKind): string {
  return [series ?? subject, kind, ...(plane === undefined ? [] : [direction(plane)])].join(' ');
}

/** Parallel pictures of one person belong together; their cosines are equal but for rounding. */
function direction({ rowCosines, columnCosines }: ImagePlane): string {
  return [...rowCosines, ...columnCosines].map((cosine) => rounded(cosine, 100)).join(' ');
}

/** Where the middle of the picture lies along its normal, in millimetres: the same for all phases of a slice. */
function offset(plane: ImagePlane): string {
  const centre = pixelCentreLps(plane, (plane.columns - 1) / 2, (plane.rows - 1) / 2);
  return String(rounded(dot(centre, unit(sliceNormal(plane))), 2));
}

/** Never -0. */
function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts + 0;
}
