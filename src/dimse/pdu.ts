/** The upper layer's protocol data units, as far as they must be known to check them (PS3.8 9.3). */
export const PDU_TYPE = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  dataTransfer: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;

/** PDU type, a reserved byte and the length of what follows. */
export const PDU_HEADER_LENGTH = 6;
/** PDV length, presentation context ID and message control header (PS3.8 9.3.5.1). */
export const PDV_HEADER_LENGTH = 6;

export const ABORT_REASON = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unexpectedParameter: 5,
  invalidParameter: 6,
} as const;
export type AbortReason = (typeof ABORT_REASON)[keyof typeof ABORT_REASON];

/** The peer broke the protocol: the association is aborted for this reason (PS3.8 table 9-26). Stays inside dimse/. */
export class ProtocolError extends Error {
  readonly abortReason: AbortReason;

  constructor(message: string, abortReason: AbortReason) {
    super(message);
    this.name = 'ProtocolError';
    this.abortReason = abortReason;
  }
}

/** One presentation data value: a fragment of a command set or of a data set. */
export interface Pdv {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly value: Buffer;
}

/** Peers put one or two PDVs into a PDU; thousands of tiny ones would only cost memory. */
const MOST_PDVS = 1_024;

/** The PDVs of a whole P-DATA-TF PDU, header included. @throws ProtocolError */
export function pdvsOf(pdu: Buffer): readonly Pdv[] {
  const pdvs: Pdv[] = [];
  let at = PDU_HEADER_LENGTH;
  while (at < pdu.length) {
    const length = pdu.length - at < PDV_HEADER_LENGTH ? 0 : pdu.readUInt32BE(at);
    const end = at + 4 + length;
    if (length < 2 || end > pdu.length || pdvs.length === MOST_PDVS) {
      throw new ProtocolError('the PDVs do not fit into their P-DATA-TF', ABORT_REASON.invalidParameter);
    }
    const control = pdu.readUInt8(at + 5);
    pdvs.push({
      contextId: pdu.readUInt8(at + 4),
      isCommand: (control & 1) !== 0,
      isLast: (control & 2) !== 0,
      value: pdu.subarray(at + PDV_HEADER_LENGTH, end),
    });
    at = end;
  }
  return pdvs;
}

/** The 12 bytes before a data set fragment that has a P-DATA-TF of its own. */
export function dataSetFragmentHeader(contextId: number, length: number, isLast: boolean): Buffer {
  const header = Buffer.alloc(PDU_HEADER_LENGTH + PDV_HEADER_LENGTH);
  header.writeUInt8(PDU_TYPE.dataTransfer, 0);
  header.writeUInt32BE(length + PDV_HEADER_LENGTH, 2);
  header.writeUInt32BE(length + 2, PDU_HEADER_LENGTH);
  header.writeUInt8(contextId, PDU_HEADER_LENGTH + 4);
  header.writeUInt8(isLast ? 2 : 0, PDU_HEADER_LENGTH + 5);
  return header;
}

/** A-ABORT by the service user (0) or the service provider (2). */
export function abortPdu(source: 0 | 2, reason: AbortReason): Buffer {
  return Buffer.from([PDU_TYPE.abort, 0, 0, 0, 0, 4, 0, 0, source, reason]);
}
