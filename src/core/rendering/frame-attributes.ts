import type { AttributeReader } from '../attributes/attribute-reader.ts';
import { type Keyword, tagOf } from '../attributes/tags.ts';

/** The functional group of enhanced images that says of each frame what the header of others says of the picture. */
const GROUP_OF: Partial<Record<Keyword, Keyword>> = {
  WindowCenter: 'FrameVOILUTSequence',
  WindowWidth: 'FrameVOILUTSequence',
  VOILUTFunction: 'FrameVOILUTSequence',
  RescaleSlope: 'PixelValueTransformationSequence',
  RescaleIntercept: 'PixelValueTransformationSequence',
  PixelSpacing: 'PixelMeasuresSequence',
};

/**
 * Whatever holds an attribute for one frame, zero-based: its functional groups, those that all frames share (PS3.3
 * C.7.6.16), or the header itself.
 */
export function holderFor(header: AttributeReader, frame: number): (keyword: Keyword) => AttributeReader {
  const groups = [
    header.items(tagOf('PerFrameFunctionalGroupsSequence'))[frame],
    header.items(tagOf('SharedFunctionalGroupsSequence'))[0],
  ].filter((group) => group !== undefined);
  return (keyword) => {
    const group = GROUP_OF[keyword];
    const items = group === undefined ? [] : groups.flatMap((one) => one.items(tagOf(group)).slice(0, 1));
    return items.find((item) => item.has(tagOf(keyword))) ?? header;
  };
}
