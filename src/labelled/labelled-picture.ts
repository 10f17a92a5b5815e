import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { SliceQuality } from '../core/orientation/slice-quality.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';

export { SLICE_QUALITIES, type SliceQuality } from '../core/orientation/slice-quality.ts';

/** Structures that masks may tell, in the order in which tensors hold them. */
export const HEART_STRUCTURES = ['leftVentricle', 'myocardium', 'rightVentricle'] as const;
export type HeartStructure = (typeof HEART_STRUCTURES)[number];

/** One picture of a labelled data set, as stored, with what is known about it. Undefined means that nobody said. */
export interface LabelledPicture {
  /** Path within the data set; with a slice or frame number where the file holds several. */
  readonly file: string;
  /** The person (or made-up person) it shows: the unit of every split. */
  readonly subject: string;
  /** Pictures of one series are decided together. */
  readonly series: string;
  /** Equal for phases of one slice position within a series. */
  readonly position: string;
  /** For example ED, ES, or a number; empty where it is unknown. */
  readonly phase: string;
  readonly kind: SequenceKind;
  /** What was done to the standard picture to get this one. */
  readonly code: OrientationCode | undefined;
  /** False for localizers, long axes and other anatomy. */
  readonly shortAxis: boolean | undefined;
  /** A nearly axial heart: the neighbouring code is harmless. */
  readonly nearBorder: boolean | undefined;
  readonly quality: SliceQuality | undefined;
  /** In-plane angle in degrees of the corrected picture against *down*, counter-clockwise positive. */
  readonly angleDegrees: number | undefined;
  readonly image: GreyImage;
  /** Where the picture has geometry. */
  readonly plane: ImagePlane | undefined;
  /** Row-major like the image, non-zero inside; a structure that nobody drew in this picture is absent. */
  readonly masks: Readonly<Partial<Record<HeartStructure, Uint8Array>>>;
}
