import { type ImagePlane, reorientPlane } from '../geometry/image-plane.ts';
import { type Correction, stepsOf } from '../orientation/d4.ts';
import type { PixelLayout } from '../pixels/pixel-layout.ts';
import { type Matrix, reorientMatrix } from '../pixels/reorient-frame.ts';
import type { AttributeEdit } from './attribute-edit.ts';
import type { AttributeReader } from './attribute-reader.ts';
import { formatDecimalString, negateDecimalString } from './decimal-string.ts';
import { reorientIcon } from './reorient-icon.ts';
import { reorientOverlays } from './reorient-overlays.ts';
import { reorientShutter } from './reorient-shutter.ts';
import { type Keyword, TAGS, tagOf } from './tags.ts';

/** What is known of the instance that is to be turned. */
export interface ReorientSource {
  readonly header: AttributeReader;
  readonly layout: PixelLayout;
  /** Undefined where the header gives no usable geometry and a person asked for the picture to be turned all the same. */
  readonly plane: ImagePlane | undefined;
}

/**
 * Everything in one single-frame instance that moves with its pixels, as edits (DESIGN of the rewrite: README,
 * "Conformance"). Provenance is not here: see derivation-edits.ts.
 */
export function reorientEdits(source: ReorientSource, correction: Correction): AttributeEdit[] {
  return [...reorientDirections(source.header, source.plane, correction), ...reorientPixels(source, correction)];
}

/** The pixels, their number, and what is drawn on them. */
export function reorientPixels(
  { header, layout }: Pick<ReorientSource, 'header' | 'layout'>,
  correction: Correction,
): AttributeEdit[] {
  if (correction === '000') return [];
  return [
    ...(stepsOf(correction).transpose
      ? [setShorts('Rows', [layout.columns]), setShorts('Columns', [layout.rows])]
      : []),
    ...reorientShutter(header, layout, correction),
    ...reorientOverlays(header, layout, correction),
    ...reorientIcon(header, correction),
    reorientPixelData(header, layout, correction),
  ];
}

/**
 * What in a header says how rows and columns lie in the patient and in the scanner, after `operation`; not how many
 * there are, nor what is drawn on the pixels.
 * @param plane before the operation
 */
export function reorientDirections(
  header: AttributeReader,
  plane: ImagePlane | undefined,
  operation: Correction,
): AttributeEdit[] {
  if (operation === '000') return [];
  return [
    ...(stepsOf(operation).transpose
      ? [...swapPair(header, 'PixelSpacing'), ...swapPair(header, 'PixelAspectRatio')]
      : []),
    ...reorientGeometry(header, plane, operation),
    ...reorientEncodingDirection(header, operation),
    ...reorientLetters(header, operation),
    ...(['ImagePosition', 'ImageOrientation'] as const).filter((k) => header.has(tagOf(k))).map(remove),
  ];
}

function reorientGeometry(
  header: AttributeReader,
  plane: ImagePlane | undefined,
  correction: Correction,
): AttributeEdit[] {
  const { transpose, vertical, horizontal } = stepsOf(correction);
  const edits: AttributeEdit[] = [];
  const cosines = header.strings(tagOf('ImageOrientationPatient'));
  if (cosines?.length === 6) {
    const triplets = [cosines.slice(0, 3), cosines.slice(3, 6)];
    if (transpose) triplets.reverse();
    if (horizontal) triplets[0] = triplets[0]?.map(negateDecimalString) as string[];
    if (vertical) triplets[1] = triplets[1]?.map(negateDecimalString) as string[];
    edits.push(setStrings('ImageOrientationPatient', triplets.flat()));
  }
  if (!vertical && !horizontal) return edits;
  if (plane !== undefined) {
    const position = reorientPlane(plane, correction).imagePositionPatient;
    edits.push(setStrings('ImagePositionPatient', position.map(formatDecimalString)));
  } else if (header.has(tagOf('ImagePositionPatient'))) {
    // The first pixel is another one now, and where it lies cannot be computed: better no position than a wrong one.
    edits.push(remove('ImagePositionPatient'));
  }
  return edits;
}

/** Rows became columns, so the encoding direction and the matrix pairs change their names (PS3.3 C.8.3.1). */
function reorientEncodingDirection(header: AttributeReader, correction: Correction): AttributeEdit[] {
  if (!stepsOf(correction).transpose) return [];
  const edits: AttributeEdit[] = [];
  const direction = header.strings(tagOf('InPlanePhaseEncodingDirection'))?.[0];
  const turned = direction === 'ROW' ? 'COL' : direction === 'COL' || direction === 'COLUMN' ? 'ROW' : undefined;
  if (turned !== undefined) edits.push(setStrings('InPlanePhaseEncodingDirection', [turned]));
  const matrix = header.unsignedShorts(tagOf('AcquisitionMatrix'));
  if (matrix?.length === 4) {
    const [frequencyRows, frequencyColumns, phaseRows, phaseColumns] = matrix as [number, number, number, number];
    edits.push(setShorts('AcquisitionMatrix', [frequencyColumns, frequencyRows, phaseColumns, phaseRows]));
  }
  return edits;
}

const OPPOSITE: Readonly<Record<string, string>> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };

/**
 * Patient Orientation (0020,0020): letters of the row and of the column direction. Words that are not the letters of a
 * biped would be wrong after the turn; the attribute is not needed beside Image Orientation (PS3.3 C.7.6.1), and goes.
 */
function reorientLetters(header: AttributeReader, correction: Correction): AttributeEdit[] {
  const letters = header.strings(tagOf('PatientOrientation'));
  if (letters === undefined || letters.length === 0) return [];
  if (letters.length !== 2 || !letters.every((value) => /^[LRAPHF]+$/.test(value))) {
    return [remove('PatientOrientation')];
  }
  const { transpose, vertical, horizontal } = stepsOf(correction);
  const opposite = (value: string): string => value.replace(/./g, (letter) => OPPOSITE[letter] ?? letter);
  let [row, column] = letters as [string, string];
  if (transpose) [row, column] = [column, row];
  if (vertical) column = opposite(column);
  if (horizontal) row = opposite(row);
  return [setStrings('PatientOrientation', [row, column])];
}

function reorientPixelData(header: AttributeReader, layout: PixelLayout, correction: Correction): AttributeEdit {
  const tag = tagOf(layout.keyword);
  const bytes = header.bytes(tag) as Uint8Array;
  const planes = layout.byPlane ? layout.samplesPerPixel : 1;
  const planeLength = layout.byteLength / planes;
  const cellBytes = layout.bytesPerSample * (layout.byPlane ? 1 : layout.samplesPerPixel);
  const turned = new Uint8Array(bytes.byteLength);
  for (let plane = 0; plane < planes; plane++) {
    const matrix: Matrix = {
      rows: layout.rows,
      columns: layout.columns,
      cellBytes,
      bytes: bytes.subarray(plane * planeLength, (plane + 1) * planeLength),
    };
    turned.set(reorientMatrix(matrix, correction).bytes, plane * planeLength);
  }
  turned.set(bytes.subarray(layout.byteLength), layout.byteLength);
  return { op: 'set', tag, vr: header.vr(tag) ?? TAGS[layout.keyword][1], value: { bytes: turned } };
}

function swapPair(header: AttributeReader, keyword: Keyword): AttributeEdit[] {
  const values = header.strings(tagOf(keyword));
  return values?.length === 2 ? [setStrings(keyword, [values[1] as string, values[0] as string])] : [];
}

function setStrings(keyword: Keyword, strings: readonly string[]): AttributeEdit {
  return { op: 'set', tag: tagOf(keyword), vr: TAGS[keyword][1], value: { strings } };
}

function setShorts(keyword: Keyword, unsignedShorts: readonly number[]): AttributeEdit {
  return { op: 'set', tag: tagOf(keyword), vr: TAGS[keyword][1], value: { unsignedShorts } };
}

function remove(keyword: Keyword): AttributeEdit {
  return { op: 'remove', tag: tagOf(keyword) };
}
