import { isLayoutFault, readPixelLayout } from '../pixels/pixel-layout.ts';
import { type AttributeReader, firstString } from './attribute-reader.ts';
import { iconFault } from './reorient-icon.ts';
import { isOverlayGroup, overlayFault } from './reorient-overlays.ts';
import { shutterFault } from './reorient-shutter.ts';
import { nameOfTag, tagOf } from './tags.ts';

/** Why an instance is not to be, or cannot be, turned. */
export interface TurnFault {
  readonly attribute: string;
  readonly fault: string;
}

export const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';

const CURVE_GROUPS = { first: 0x5000, last: 0x50fe };

/**
 * The first reason, apart from geometry, why a single-frame instance in an uncompressed little-endian transfer syntax
 * must be left as it is; undefined where there is none.
 */
export function turnFault(header: AttributeReader): TurnFault | undefined {
  if (firstString(header, tagOf('SOPClassUID')) !== MR_IMAGE_STORAGE) {
    return { attribute: 'SOPClassUID', fault: 'is not MR Image Storage' };
  }
  if (firstString(header, tagOf('BurnedInAnnotation'))?.toUpperCase() === 'YES') {
    return { attribute: 'BurnedInAnnotation', fault: 'is YES' };
  }
  const layout = readPixelLayout(header);
  if (isLayoutFault(layout)) return layout;
  if (layout.samplesPerPixel !== 1) return { attribute: 'SamplesPerPixel', fault: 'is not 1' };
  const icon = iconFault(header);
  if (icon !== undefined) return { attribute: 'IconImageSequence', fault: icon };
  const shutter = shutterFault(header);
  if (shutter !== undefined) return shutter;
  for (const tag of header.tags) {
    const group = tag >>> 16;
    if (group >= CURVE_GROUPS.first && group <= CURVE_GROUPS.last && group % 2 === 0) {
      return { attribute: nameOfTag(tag), fault: 'is a curve drawn on the pixels' };
    }
    const overlay = isOverlayGroup(group) ? overlayFault(header, group) : undefined;
    if (overlay !== undefined) return { attribute: nameOfTag(tag), fault: `belongs to an overlay that ${overlay}` };
  }
  return undefined;
}
