/** How the bytes of a data set are to be read. */
export interface Encoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  /** Pixel Data is in encapsulated (compressed) form. */
  readonly encapsulated: boolean;
  /** The whole data set is a deflate stream (PS3.5 A.5). */
  readonly deflated: boolean;
}

export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** The encoding behind a transfer syntax (PS3.5 section 10, annex A); undefined for a private or unknown one. */
export function encodingOf(transferSyntaxUid: string): Encoding | undefined {
  const plain = { explicitVr: true, littleEndian: true, encapsulated: false, deflated: false };
  switch (transferSyntaxUid) {
    case IMPLICIT_VR_LITTLE_ENDIAN:
      return { ...plain, explicitVr: false };
    case EXPLICIT_VR_LITTLE_ENDIAN:
      return plain;
    case DEFLATED:
      return { ...plain, deflated: true };
    case EXPLICIT_VR_BIG_ENDIAN:
      return { ...plain, littleEndian: false };
    default:
      return /^1\.2\.840\.10008\.1\.2\.(4|5)(\.|$)/.test(transferSyntaxUid)
        ? { ...plain, encapsulated: true }
        : undefined;
  }
}

/** True where this version can turn pixels: uncompressed, little-endian, implicit or explicit VR. */
export function isTurnableEncoding(encoding: Encoding): boolean {
  return encoding.littleEndian && !encoding.encapsulated && !encoding.deflated;
}
