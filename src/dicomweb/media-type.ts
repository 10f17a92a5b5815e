/** A media type with its parameters, as in `multipart/related; type="application/dicom"; boundary=x` (RFC 9110 8.3.1). */
export interface MediaType {
  /** In lower case. */
  readonly type: string;
  /** Names in lower case, values without their quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /;[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;" \t]*))[ \t]*/y;

/** Undefined for what is not a media type. */
export function parseMediaType(header: string | undefined): MediaType | undefined {
  const type = /^[ \t]*([^/;\s]+\/[^/;\s]+)[ \t]*/.exec(header ?? '');
  if (header === undefined || type === null) {
    return undefined;
  }
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = type[0].length;
  for (let match = PARAMETER.exec(header); match !== null; match = PARAMETER.exec(header)) {
    const [, name = '', quoted, token = ''] = match;
    parameters.set(name.toLowerCase(), quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1'));
  }
  return { type: type[1]!.toLowerCase(), parameters };
}
