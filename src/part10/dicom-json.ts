import { type DicomJson, type DicomJsonElement, hexadecimalTag } from '../core/attributes/dicom-json.ts';
import { isPixelDataTag, tagOf } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import { VALUE_PADDING, withoutTrailing } from '../core/trailing-characters.ts';
import { binaryNumbers } from './binary-numbers.ts';
import { decodeText } from './character-set.ts';
import { implicitVr } from './data-dictionary.ts';
import type { DataSet } from './data-set.ts';
import type { PixelDataPlace } from './stored-header.ts';
import { MAXIMUM_DEPTH } from './walk-elements.ts';

export interface DicomJsonOptions {
  /** Where a long binary value can be retrieved; `path` is tag, or tags and item numbers from 1, as in `00880200/1/7FE00010`. */
  readonly bulkDataUri: (path: string) => string;
  /** Binary values up to this length are given inline. Pixel data never are. */
  readonly inlineBytes: number;
  /** Where the pixels lie that were not read with the header. */
  readonly pixelData?: Pick<PixelDataPlace, 'tag' | 'vr'> | undefined;
}

const DATA_SET_TRAILING_PADDING = 0xfffcfffc;
export const BINARY_VRS: ReadonlySet<string> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);
/** VRs whose text is in the Specific Character Set (PS3.5 6.1.2.3). */
const TEXT_VRS = new Set(['SH', 'LO', 'ST', 'LT', 'UC', 'UT', 'PN']);
/** VRs of one value, in which a backslash is a character, and spaces in front count (PS3.5 6.2). */
const SINGLE_VALUE_VRS = new Set(['ST', 'LT', 'UT', 'UR']);
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** A whole data set in the DICOM JSON Model (PS3.18 F.2), text in UTF-8. Group lengths and padding are left out. */
export function dicomJsonOf(dataSet: DataSet, options: DicomJsonOptions): DicomJson {
  const json = jsonOf(dataSet, { options, path: '', depth: 0, signed: pixelsAreSigned(dataSet) });
  const { pixelData } = options;
  if (pixelData === undefined) return json;
  const tag = hexadecimalTag(pixelData.tag);
  return { ...json, [tag]: { vr: pixelData.vr, BulkDataURI: options.bulkDataUri(tag) } };
}

/**
 * One attribute in the DICOM JSON Model; undefined where it is absent, or binary. Text comes as UTF-8, whatever Specific
 * Character Set says.
 */
export function dicomJsonElement(dataSet: DataSet, tag: number): DicomJsonElement | undefined {
  const element = dataSet.extent(tag);
  if (element === undefined) return undefined;
  const vr = element.vr ?? implicitVr(tag, pixelsAreSigned(dataSet));
  return vr === 'SQ' || BINARY_VRS.has(vr) ? undefined : withValues(vr, valuesOf(dataSet, tag, vr));
}

interface Within {
  readonly options: DicomJsonOptions;
  /** Of the item, with a slash at its end. */
  readonly path: string;
  /** Of sequences around it. */
  readonly depth: number;
  readonly signed: boolean;
}

function jsonOf(dataSet: DataSet, within: Within): DicomJson {
  const elements = dataSet.elements
    .filter(({ tag }) => (tag & 0xffff) !== 0 && tag !== DATA_SET_TRAILING_PADDING)
    .map(({ tag }) => [hexadecimalTag(tag), elementOf(dataSet, tag, within)] as const);
  const json = Object.fromEntries(elements);
  const characterSet = hexadecimalTag(tagOf('SpecificCharacterSet'));
  // The text was decoded, and JSON is in UTF-8.
  return characterSet in json ? { ...json, [characterSet]: { vr: 'CS', Value: ['ISO_IR 192'] } } : json;
}

function elementOf(dataSet: DataSet, tag: number, within: Within): DicomJsonElement {
  const element = dataSet.extent(tag)!;
  const vr = element.vr ?? implicitVr(tag, within.signed);
  // A UN of undefined length is a sequence (PS3.5 6.2.2).
  if (vr === 'SQ' || (element.undefinedLength && !isPixelDataTag(tag))) return sequenceOf(dataSet, tag, within);
  if (!BINARY_VRS.has(vr)) return withValues(vr, valuesOf(dataSet, tag, vr));
  const bytes = dataSet.bytes(tag)!;
  if (bytes.length === 0) return { vr };
  if (isPixelDataTag(tag) || bytes.length > within.options.inlineBytes) {
    return { vr, BulkDataURI: within.options.bulkDataUri(within.path + hexadecimalTag(tag)) };
  }
  return { vr, InlineBinary: Buffer.from(bytes).toString('base64') };
}

function sequenceOf(dataSet: DataSet, tag: number, within: Within): DicomJsonElement {
  const path = within.path + hexadecimalTag(tag);
  try {
    const depth = within.depth + 1;
    if (depth > MAXIMUM_DEPTH) throw new NodeError('not-an-instance', 'sequences are nested too deep');
    const items = dataSet.items(tag).map((item, i) => jsonOf(item, { ...within, depth, path: `${path}/${i + 1}/` }));
    return withValues('SQ', items);
  } catch (error) {
    // One broken sequence does not hide the rest of the header.
    if (error instanceof NodeError) return { vr: 'UN', BulkDataURI: within.options.bulkDataUri(path) };
    throw error;
  }
}

function withValues(vr: string, values: readonly unknown[]): DicomJsonElement {
  return values.length === 0 ? { vr } : { vr, Value: values };
}

function valuesOf(dataSet: DataSet, tag: number, vr: string): readonly unknown[] {
  const bytes = dataSet.bytes(tag)!;
  const numbers = binaryNumbers(bytes, vr, dataSet.encoding.littleEndian);
  if (numbers !== undefined) return numbers;
  const text = TEXT_VRS.has(vr) ? decodeText(bytes, dataSet.characterSets) : Buffer.from(bytes).toString('latin1');
  const unpadded = withoutTrailing(text, VALUE_PADDING);
  if (unpadded === '') return [];
  if (SINGLE_VALUE_VRS.has(vr)) return [unpadded];
  return unpadded.split('\\').map((value) => jsonValue(withoutTrailing(value, VALUE_PADDING).trimStart(), vr));
}

/** An empty value among others is null (PS3.18 F.2.5). */
function jsonValue(text: string, vr: string): unknown {
  if (text === '') return null;
  if (vr === 'PN') return personName(text);
  // What is no number stays as it came.
  return (vr === 'DS' || vr === 'IS') && DECIMAL.test(text) && Number.isFinite(Number(text)) ? Number(text) : text;
}

const NAME_GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

function personName(text: string): Readonly<Record<string, string>> | null {
  const groups = text.split('=').slice(0, NAME_GROUPS.length);
  const named = groups.map((group, i) => [NAME_GROUPS[i] as string, group.trim()] as const);
  const present = named.filter(([, group]) => group !== '');
  return present.length === 0 ? null : Object.fromEntries(present);
}

function pixelsAreSigned(dataSet: DataSet): boolean {
  return dataSet.unsignedShorts(tagOf('PixelRepresentation'))?.[0] === 1;
}
