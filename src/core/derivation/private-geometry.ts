import type { AttributeReader } from '../attributes/attribute-reader.ts';

/** Private creators and elements that repeat the plane of the pixels in a vendor's own words. */
const PRIVATE_GEOMETRY: readonly {
  readonly creator: RegExp;
  readonly group: number;
  readonly elements?: readonly number[];
}[] = [
  { creator: /^SIEMENS CSA HEADER/i, group: 0x0029, elements: [0x10, 0x20] },
  { creator: /^SIEMENS/i, group: 0x0021 },
  // Texts of the matrix, the field of view, the slice orientation and the patient directions of the picture.
  { creator: /^SIEMENS MR HEADER/i, group: 0x0051, elements: [0x0b, 0x0c, 0x0e, 0x13] },
  { creator: /^GEMS/i, group: 0x0027 },
  // Phase-encoding polarity, which converters read.
  { creator: /^GEMS_PARM_01/i, group: 0x0043, elements: [0x2a] },
  { creator: /^PHILIPS/i, group: 0x2005 },
];

/**
 * Elements of private vendor geometry, which a reorientation does not rewrite: kept, they describe the picture as it
 * was received, and the decision says so.
 */
export function privateGeometryTags(header: AttributeReader): readonly number[] {
  const creators = new Map<number, string>();
  for (const tag of header.tags) {
    const element = tag & 0xffff;
    if (((tag >>> 16) & 1) === 1 && element >= 0x10 && element <= 0xff) {
      creators.set((tag & 0xffff0000) | element, header.strings(tag)?.[0] ?? '');
    }
  }
  return header.tags.filter((tag) => {
    const group = tag >>> 16;
    const block = (tag >>> 8) & 0xff;
    const creator = block < 0x10 ? undefined : creators.get((tag & 0xffff0000) | block);
    return (
      creator !== undefined &&
      PRIVATE_GEOMETRY.some(
        (known) =>
          known.group === group &&
          known.creator.test(creator) &&
          (known.elements === undefined || known.elements.includes(tag & 0xff)),
      )
    );
  });
}
