import type { Correction } from '../orientation/d4.ts';

/** SHA-1 of some bytes; given by the caller, because the core imports nothing. */
export type Sha1 = (bytes: Uint8Array) => Uint8Array;

/** The name space of every UID that this product derives. Fixed for ever: a change would archive every result twice. */
const NAMESPACE = '9d0c2f52-6f0b-4c9e-8a53-0c1d6f2b7a41';

/** How a series was put right: pixels and header together, or the header alone as a person asserted. */
export type DerivationMethod = 'reorient' | 'relabel';

export interface DerivedUidSource {
  readonly method: DerivationMethod;
  readonly correction: Correction;
}

/** The SOP Instance UID of a turned instance: the same source, pixels, method and correction always give the same. */
export function derivedSopInstanceUid(
  source: DerivedUidSource & { readonly sopInstanceUid: string; readonly pixelDataSha256: string },
  sha1: Sha1,
): string {
  return uidFromName(`instance|${source.sopInstanceUid}|${source.pixelDataSha256}|${method(source)}`, sha1);
}

/** The Series Instance UID of a turned series; `stack` tells apart what shares a source UID: its sequence kind. */
export function derivedSeriesInstanceUid(
  source: DerivedUidSource & { readonly seriesInstanceUid: string; readonly stack: string },
  sha1: Sha1,
): string {
  return uidFromName(`series|${source.seriesInstanceUid}|${source.stack}|${method(source)}`, sha1);
}

function method(source: DerivedUidSource): string {
  return `${source.method}|${source.correction}`;
}

/** `2.25.` and the decimal form of a name-based UUID, version 5 (PS3.5 B.2, RFC 9562 5.5). */
function uidFromName(name: string, sha1: Sha1): string {
  const namespace = NAMESPACE.replaceAll('-', '')
    .match(/../g)
    ?.map((hex) => Number.parseInt(hex, 16)) as number[];
  const digest = sha1(new Uint8Array([...namespace, ...asciiBytes(name)])).slice(0, 16);
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  return `2.25.${digest.reduce((value, byte) => value * 256n + BigInt(byte), 0n)}`;
}

/** UIDs that are not ASCII exist in broken objects; each character counts with both its bytes. */
function asciiBytes(text: string): number[] {
  return [...text].flatMap((character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? [code] : [code >> 8, code & 255];
  });
}
