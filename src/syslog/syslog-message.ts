/** What the header of a message says of its sender (RFC 5424 6.2). */
export interface SyslogOrigin {
  readonly host: string;
  readonly application: string;
  readonly processId: string;
}

export interface SyslogContent {
  /** 5 notice, 4 warning, 3 error. */
  readonly severity: 3 | 4 | 5;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** Security and authorization messages (PS3.15 A.6). */
const FACILITY = 10;
const MESSAGE_ID = 'DICOM+RFC3881';
/** A text in UTF-8 begins so (RFC 5424 6.4). */
const BYTE_ORDER_MARK = '\uFEFF';

/** One message of RFC 5424 with an audit message of PS3.15 A.5 in it. */
export function syslogMessage({ severity, at, text }: SyslogContent, origin: SyslogOrigin): Uint8Array {
  const priority = FACILITY * 8 + severity;
  const header = [
    `<${priority}>1`,
    new Date(at).toISOString(),
    headerText(origin.host, 255),
    headerText(origin.application, 48),
    headerText(origin.processId, 128),
    MESSAGE_ID,
    '-',
  ].join(' ');
  return Buffer.from(`${header} ${BYTE_ORDER_MARK}${text}`);
}

/** Length and message: of two that follow each other on a connection, where one ends (RFC 5425 4.3, RFC 6587 3.4.1). */
export function octetCounted(message: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

/** Printable ASCII without blanks; `-` where nothing is left. */
function headerText(text: string, longest: number): string {
  return text.replace(/[^!-~]/g, '').slice(0, longest) || '-';
}
