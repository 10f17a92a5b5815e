import { hexadecimalTag } from '../core/attributes/dicom-json.ts';

type Read = (view: DataView, at: number, littleEndian: boolean) => number | bigint | string;

/** How many bytes one value has, and how it is read (PS3.5 6.2). */
const BINARY: Readonly<Record<string, readonly [bytes: number, read: Read]>> = {
  US: [2, (view, at, little) => view.getUint16(at, little)],
  SS: [2, (view, at, little) => view.getInt16(at, little)],
  UL: [4, (view, at, little) => view.getUint32(at, little)],
  SL: [4, (view, at, little) => view.getInt32(at, little)],
  UV: [8, (view, at, little) => view.getBigUint64(at, little)],
  SV: [8, (view, at, little) => view.getBigInt64(at, little)],
  FL: [4, (view, at, little) => shortest(view.getFloat32(at, little))],
  FD: [8, (view, at, little) => view.getFloat64(at, little)],
  AT: [4, (view, at, little) => hexadecimalTag(view.getUint16(at, little) * 0x10000 + view.getUint16(at + 2, little))],
};

/**
 * The values of an attribute of binary numbers, as JSON has them: what is no JSON number, because it is not finite or
 * greater than a double holds, is text (PS3.18 table F.2.3-1). Undefined for other VRs.
 */
export function binaryNumbers(
  bytes: Uint8Array,
  vr: string,
  littleEndian: boolean,
): readonly (number | string)[] | undefined {
  const known = BINARY[vr];
  if (known === undefined) return undefined;
  const [length, read] = known;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / length) }, (_, i) => {
    const value = read(view, i * length, littleEndian);
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    return typeof value === 'string' || Number.isFinite(value) ? value : String(value);
  });
}

/** The shortest decimal that is this float of four bytes, as people wrote it. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}
