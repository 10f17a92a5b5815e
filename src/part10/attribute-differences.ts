import { hexadecimalTag } from '../core/attributes/dicom-json.ts';
import { isPixelDataTag, tagOf } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import { dictionaryEntry, implicitVr } from './data-dictionary.ts';
import type { DataSet } from './data-set.ts';
import { BINARY_VRS, dicomJsonElement } from './dicom-json.ts';

/** An attribute that two data sets do not have alike, its values in words for a person. */
export interface AttributeDifference {
  /** `0020,0037`. */
  readonly tag: string;
  /** As PS3.6 has it; of a private attribute its creator. */
  readonly keyword: string;
  /** Null where it is absent. */
  readonly before: string | null;
  readonly after: string | null;
}

/** VRs whose values are shown exactly as they are written, digit by digit. */
const WRITTEN_VRS: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'TM', 'UI']);
/** A longer text is cut. */
const GREATEST_LENGTH = 2000;
/** Sequences in sequences in sequences are told by how many items they have. */
const DEEPEST = 2;

/** All attributes that differ, in the order of their tags; group lengths, which follow from the others, are left out. */
export function attributeDifferences(before: DataSet, after: DataSet): AttributeDifference[] {
  const tags = [...new Set([...before.tags, ...after.tags])].sort((one, other) => one - other);
  return tags
    .filter((tag) => (tag & 0xffff) !== 0 && !sameBytes(before.bytes(tag), after.bytes(tag)))
    .map((tag) => ({ tag, from: textOf(before, tag), to: textOf(after, tag) }))
    .filter(({ tag, from, to }) => from !== to || isBinary(before, tag))
    .map(({ tag, from, to }) => ({
      tag: hexadecimalTag(tag).replace(/^(.{4})/, '$1,'),
      keyword: keywordOf(before.has(tag) ? before : after, tag),
      before: from,
      after: from !== null && to !== null && isBinary(before, tag) ? movedText(tag, from, to) : to,
    }));
}

function sameBytes(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && Buffer.compare(one, other) === 0);
}

/** Pixels and overlays are put in another order, never changed; of other values it is only told that they are others. */
function movedText(tag: number, from: string, to: string): string {
  if (isPixelDataTag(tag) || (((tag >>> 16) & 0xff00) === 0x6000 && (tag & 0xffff) === 0x3000)) return 'rearranged';
  return from === to ? `${to}, changed` : to;
}

function isBinary(dataSet: DataSet, tag: number): boolean {
  return BINARY_VRS.has(vrOf(dataSet, tag)) && dataSet.extent(tag)?.undefinedLength !== true;
}

function vrOf(dataSet: DataSet, tag: number): string {
  const signed = dataSet.unsignedShorts(tagOf('PixelRepresentation'))?.[0] === 1;
  return dataSet.vr(tag) ?? implicitVr(tag, signed);
}

function keywordOf(dataSet: DataSet, tag: number): string {
  const group = tag >>> 16;
  const element = tag & 0xffff;
  if ((group & 1) === 0) return dictionaryEntry(tag)?.keyword ?? 'unknown';
  if (element <= 0xff) return 'private creator';
  const creator = dataSet.strings(group * 0x10000 + (element >>> 8))?.[0];
  return creator === undefined || creator === '' ? 'private' : `private, ${creator}`;
}

/** The value in words; null where the attribute is absent, empty where it has no value. */
function textOf(dataSet: DataSet, tag: number, depth = 0): string | null {
  if (!dataSet.has(tag)) return null;
  const text = wholeText(dataSet, tag, depth);
  return text.length > GREATEST_LENGTH ? `${text.slice(0, GREATEST_LENGTH)}…` : text;
}

function wholeText(dataSet: DataSet, tag: number, depth: number): string {
  const vr = vrOf(dataSet, tag);
  if (vr === 'SQ' || (dataSet.extent(tag)?.undefinedLength === true && !isPixelDataTag(tag))) {
    return sequenceText(dataSet, tag, depth);
  }
  if (BINARY_VRS.has(vr)) return `${dataSet.bytes(tag)?.length ?? 0} bytes`;
  const values = WRITTEN_VRS.has(vr) ? dataSet.strings(tag) : dicomJsonElement(dataSet, tag)?.Value;
  return (values ?? []).map(valueText).join('\\');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  // The groups of a person's name.
  return typeof value === 'object' ? Object.values(value).join('=') : String(value);
}

function sequenceText(dataSet: DataSet, tag: number, depth: number): string {
  let items: readonly DataSet[];
  try {
    items = dataSet.items(tag);
  } catch (error) {
    if (error instanceof NodeError) return 'a sequence that cannot be read';
    throw error;
  }
  const count = items.length === 1 ? '1 item' : `${items.length} items`;
  if (items.length === 0 || depth >= DEEPEST) return count;
  return `${count}: ${items.map((item) => itemText(item, depth)).join(' | ')}`;
}

function itemText(item: DataSet, depth: number): string {
  const text = (keyword: 'CodeValue' | 'CodingSchemeDesignator' | 'CodeMeaning') => item.strings(tagOf(keyword))?.[0];
  const [value, scheme, meaning] = [text('CodeValue'), text('CodingSchemeDesignator'), text('CodeMeaning')];
  if (value !== undefined && scheme !== undefined && meaning !== undefined) return `${value} ${scheme} ${meaning}`;
  return item.tags
    .filter((tag) => (tag & 0xffff) !== 0)
    .map((tag) => `${keywordOf(item, tag)} ${textOf(item, tag, depth + 1)}`)
    .join('; ');
}
