import { type Correction, stepsOf } from '../orientation/d4.ts';
import { packBits, reorientMatrix, unpackBits } from '../pixels/reorient-frame.ts';
import type { AttributeEdit } from './attribute-edit.ts';
import { type AttributeReader, firstDecimal, firstShort } from './attribute-reader.ts';

/** Element numbers of the Overlay Plane module in the repeating groups 60xx (PS3.3 C.9.2). */
const OVERLAY_ROWS = 0x0010;
const OVERLAY_COLUMNS = 0x0011;
const NUMBER_OF_FRAMES_IN_OVERLAY = 0x0015;
const OVERLAY_ORIGIN = 0x0050;
const OVERLAY_BITS_ALLOCATED = 0x0100;
const OVERLAY_DATA = 0x3000;
const FIRST_GROUP = 0x6000;
/** PS3.5 7.6 ends at 601E today; older editions went on to 60FE. */
const LAST_GROUP = 0x60fe;

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Overlay planes move with the pixels; their origin is the row\column of the first overlay pixel, counted from 1. */
export function reorientOverlays(header: AttributeReader, size: Size, correction: Correction): AttributeEdit[] {
  const groups = new Set(header.tags.map((tag) => tag >>> 16).filter(isOverlayGroup));
  return [...groups].flatMap((group) => reorientOverlay(header, { group, size }, correction));
}

export function isOverlayGroup(group: number): boolean {
  return group >= FIRST_GROUP && group <= LAST_GROUP && group % 2 === 0;
}

/** Why an overlay group cannot be turned; undefined where it can. */
export function overlayFault(header: AttributeReader, group: number): string | undefined {
  const element = (number: number): number => group * 0x10000 + number;
  const data = header.bytes(element(OVERLAY_DATA));
  const rows = firstShort(header, element(OVERLAY_ROWS)) ?? 0;
  const columns = firstShort(header, element(OVERLAY_COLUMNS)) ?? 0;
  if (data === undefined) return undefined;
  if (rows === 0 || columns === 0) return 'has no size';
  if ((firstShort(header, element(OVERLAY_BITS_ALLOCATED)) ?? 1) !== 1) return 'has more than one bit in a cell';
  const frames = firstDecimal(header, element(NUMBER_OF_FRAMES_IN_OVERLAY)) ?? 1;
  if (!Number.isInteger(frames) || frames < 1) return 'has no whole number of frames';
  if (data.byteLength < Math.ceil((rows * columns * frames) / 8)) return 'has less data than its size asks for';
  if (header.bytes(element(OVERLAY_ORIGIN))?.byteLength !== 4) return 'has no origin';
  return undefined;
}

function reorientOverlay(
  header: AttributeReader,
  { group, size }: { group: number; size: Size },
  correction: Correction,
): AttributeEdit[] {
  const element = (number: number): number => group * 0x10000 + number;
  const rows = firstShort(header, element(OVERLAY_ROWS)) ?? size.rows;
  const columns = firstShort(header, element(OVERLAY_COLUMNS)) ?? size.columns;
  const { transpose } = stepsOf(correction);
  const edits: AttributeEdit[] = [];
  if (transpose && header.has(element(OVERLAY_ROWS)) && header.has(element(OVERLAY_COLUMNS))) {
    edits.push(setShort(element(OVERLAY_ROWS), columns), setShort(element(OVERLAY_COLUMNS), rows));
  }
  const origin = header.bytes(element(OVERLAY_ORIGIN));
  if (origin?.byteLength === 4) {
    const view = new DataView(origin.buffer, origin.byteOffset, 4);
    const moved = reorientOrigin(
      [view.getInt16(0, true), view.getInt16(2, true)],
      { rows, columns },
      { size, correction },
    );
    edits.push({ op: 'set', tag: element(OVERLAY_ORIGIN), vr: 'SS', value: { bytes: signedShorts(moved) } });
  }
  const data = header.bytes(element(OVERLAY_DATA));
  if (data !== undefined) {
    const frames = firstDecimal(header, element(NUMBER_OF_FRAMES_IN_OVERLAY)) ?? 1;
    const turned = reorientBits(data, { rows, columns, frames }, correction);
    edits.push({
      op: 'set',
      tag: element(OVERLAY_DATA),
      vr: header.vr(element(OVERLAY_DATA)) ?? 'OW',
      value: { bytes: turned },
    });
  }
  return edits;
}

/** The first overlay pixel after the turn is the image of one of the overlay's corners. */
function reorientOrigin(
  [row, column]: readonly [number, number],
  overlay: Size,
  { size, correction }: { size: Size; correction: Correction },
): [number, number] {
  const { transpose, vertical, horizontal } = stepsOf(correction);
  const [imageRows, imageColumns] = transpose ? [size.columns, size.rows] : [size.rows, size.columns];
  const [rows, columns] = transpose ? [overlay.columns, overlay.rows] : [overlay.rows, overlay.columns];
  const [r, c] = transpose ? [column, row] : [row, column];
  return [vertical ? imageRows - r - rows + 2 : r, horizontal ? imageColumns - c - columns + 2 : c];
}

function reorientBits(
  data: Uint8Array,
  { rows, columns, frames }: Size & { readonly frames: number },
  correction: Correction,
): Uint8Array {
  const perFrame = rows * columns;
  const bits = unpackBits(data, perFrame * frames);
  for (let frame = 0; frame < frames; frame++) {
    const bytes = bits.slice(frame * perFrame, (frame + 1) * perFrame);
    bits.set(reorientMatrix({ rows, columns, cellBytes: 1, bytes }, correction).bytes, frame * perFrame);
  }
  return packBits(bits);
}

function setShort(tag: number, value: number): AttributeEdit {
  return { op: 'set', tag, vr: 'US', value: { unsignedShorts: [value] } };
}

function signedShorts(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setInt16(i * 2, value, true);
  });
  return bytes;
}
