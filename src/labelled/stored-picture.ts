import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { LabelledPicture } from './labelled-picture.ts';

/** One picture with what its file tells of it; undefined where the format tells nothing. Labels come over it. */
export interface StoredPicture {
  readonly file: string;
  readonly image: GreyImage;
  readonly plane: ImagePlane | undefined;
  readonly masks: LabelledPicture['masks'];
  readonly subject?: string | undefined;
  readonly series?: string | undefined;
  readonly position?: string | undefined;
  readonly phase?: string | undefined;
  readonly kind: SequenceKind;
}
