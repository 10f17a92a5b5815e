/** One attribute in the DICOM JSON Model (PS3.18 F.2.2). */
export interface DicomJsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  /** Where the value can be retrieved; in place of `Value`. */
  readonly BulkDataURI?: string;
  /** The value in base64; in place of `Value`. */
  readonly InlineBinary?: string;
}

/** A data set in the DICOM JSON Model: elements by tag, eight upper-case hexadecimal digits. */
export type DicomJson = Readonly<Record<string, DicomJsonElement>>;

/** `0020000D`, as the DICOM JSON Model and addresses write a tag. */
export function hexadecimalTag(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}
