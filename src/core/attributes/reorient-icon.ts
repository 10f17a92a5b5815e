import { NodeError } from '../errors.ts';
import type { Correction } from '../orientation/d4.ts';
import { stepsOf } from '../orientation/d4.ts';
import { isLayoutFault, readPixelLayout } from '../pixels/pixel-layout.ts';
import { reorientMatrix } from '../pixels/reorient-frame.ts';
import type { AttributeEdit, ItemElement } from './attribute-edit.ts';
import type { AttributeReader } from './attribute-reader.ts';
import { tagOf } from './tags.ts';

/** Why the icon cannot be turned; undefined where it can, or where there is none. */
export function iconFault(header: AttributeReader): string | undefined {
  for (const icon of iconsOf(header) ?? [undefined]) {
    if (icon === undefined) return 'cannot be read';
    const layout = readPixelLayout(icon);
    if (isLayoutFault(layout)) return `${layout.attribute} ${layout.fault}`;
    if (layout.samplesPerPixel !== 1) return 'SamplesPerPixel is not 1';
  }
  return undefined;
}

/** Undefined where the sequence is broken: an instance all the same, which passes as it is. */
function iconsOf(header: AttributeReader): readonly AttributeReader[] | undefined {
  try {
    return header.items(tagOf('IconImageSequence'));
  } catch (error) {
    if (error instanceof NodeError) return undefined;
    throw error;
  }
}

/** The icon (PS3.3 F.7) is a small picture of the same pixels and turns with them; everything else in it is copied. */
export function reorientIcon(header: AttributeReader, correction: Correction): AttributeEdit[] {
  const tag = tagOf('IconImageSequence');
  const icons = header.items(tag);
  if (icons.length === 0) return [];
  const items = icons.map((icon) => ({ elements: reorientedElements(icon, correction) }));
  return [{ op: 'set', tag, vr: 'SQ', value: { items } }];
}

function reorientedElements(icon: AttributeReader, correction: Correction): ItemElement[] {
  const layout = readPixelLayout(icon);
  if (isLayoutFault(layout)) throw new RangeError(`icon: ${layout.attribute} ${layout.fault}`);
  const { transpose } = stepsOf(correction);
  return icon.tags.map((tag) => {
    if (transpose && tag === tagOf('Rows')) return { tag, vr: 'US', value: { unsignedShorts: [layout.columns] } };
    if (transpose && tag === tagOf('Columns')) return { tag, vr: 'US', value: { unsignedShorts: [layout.rows] } };
    if (tag !== tagOf('PixelData')) return { tag, encoded: icon.encoded(tag) as Uint8Array };
    const bytes = icon.bytes(tag) as Uint8Array;
    // Not `slice`: that of a Node Buffer is a view, and the source would change.
    const turned = new Uint8Array(bytes);
    const { rows, columns, bytesPerSample: cellBytes, byteLength } = layout;
    turned.set(reorientMatrix({ rows, columns, cellBytes, bytes: bytes.subarray(0, byteLength) }, correction).bytes);
    return { tag, vr: icon.vr(tag) ?? 'OW', value: { bytes: turned } };
  });
}
