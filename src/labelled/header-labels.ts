import type { ImagePlane } from '../core/geometry/image-plane.ts';
import { SIDE_SILENT } from '../core/orientation/header-likelihood.ts';
import { headerOpinion, SIDE_FULL } from '../core/orientation/header-opinion.ts';
import type { PictureLabels } from './picture-labels.ts';

/**
 * What a geometry header that is taken to be honest says, where nobody labelled a picture: that it is a short axis and
 * which one, where its plane surely is one; that it is none, where its plane surely is not; else nothing.
 */
export function headerLabels(
  plane: ImagePlane | undefined,
): Pick<Partial<PictureLabels>, 'code' | 'shortAxis' | 'angleDegrees'> {
  const opinion = plane === undefined ? undefined : headerOpinion(plane);
  if (opinion === undefined) return {};
  const side = Math.abs(opinion.side);
  if (side >= SIDE_FULL) return { code: opinion.code, shortAxis: true, angleDegrees: opinion.angleDegrees };
  return side <= SIDE_SILENT ? { shortAxis: false } : {};
}
