import { VALUE_PADDING, withoutTrailing } from '../core/trailing-characters.ts';
import { Dataset } from './dimse-library.ts';
import { ABORT_REASON, ProtocolError } from './pdu.ts';

/** Command Field (0000,0100), PS3.7 E.1. */
export const COMMAND_FIELD = {
  storeRequest: 0x0001,
  storeResponse: 0x8001,
  echoRequest: 0x0030,
  echoResponse: 0x8030,
  cancelRequest: 0x0fff,
  eventReportRequest: 0x0100,
  eventReportResponse: 0x8100,
  actionRequest: 0x0130,
  actionResponse: 0x8130,
} as const;

/** Command Data Set Type (0000,0800) of a message without a data set; any other value means that one follows. */
const NO_DATA_SET = 0x0101;
const DATA_SET_FOLLOWS = 0x0102;

/** What a command set says, with the UIDs character by character as the peer wrote them. */
export interface CommandSet {
  readonly commandField: number;
  readonly messageId: number;
  readonly hasDataSet: boolean;
  /** Of an N-ACTION-RQ: the requested one, which its response names as the affected one. */
  readonly affectedSopClassUid: string;
  readonly affectedSopInstanceUid: string;
  /** Event Type ID of an N-EVENT-REPORT, Action Type ID of an N-ACTION. */
  readonly typeId: number | undefined;
}

/**
 * Reads a command set: group 0000, implicit VR little endian, elements in ascending order (PS3.7 6.3.1).
 * @throws ProtocolError for anything else
 */
export function parseCommandSet(bytes: Buffer): CommandSet {
  const elements = elementsOf(bytes);
  return {
    commandField: requiredUnsignedShort(elements, 0x0100),
    // A response names the request's Message ID in (0000,0120).
    messageId: unsignedShort(elements.get(0x0110)) ?? requiredUnsignedShort(elements, 0x0120),
    hasDataSet: requiredUnsignedShort(elements, 0x0800) !== NO_DATA_SET,
    affectedSopClassUid: uid(elements.get(0x0002) ?? elements.get(0x0003)),
    affectedSopInstanceUid: uid(elements.get(0x1000) ?? elements.get(0x1001)),
    typeId: unsignedShort(elements.get(0x1002) ?? elements.get(0x1008)),
  };
}

/** Elements whose value is one number, by its length: dcmjs-dimse stops reading at one that has another. */
const NUMBER_LENGTHS: ReadonlyMap<number, number> = new Map([
  [0x0000, 4],
  [0x0001, 4],
  [0x0100, 2],
  [0x0110, 2],
  [0x0120, 2],
  [0x0700, 2],
  [0x0800, 2],
  [0x0900, 2],
  [0x1002, 2],
  [0x1008, 2],
]);

function elementsOf(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const elements = new Map<number, Buffer>();
  let previous = -1;
  for (let at = 0; at < bytes.length; ) {
    const end = at + 8 > bytes.length ? Infinity : at + 8 + bytes.readUInt32LE(at + 4);
    if (end > bytes.length || bytes.readUInt16LE(at) !== 0 || bytes.readUInt16LE(at + 2) <= previous) {
      throw new ProtocolError('the command set cannot be read', ABORT_REASON.invalidParameter);
    }
    previous = bytes.readUInt16LE(at + 2);
    if ((NUMBER_LENGTHS.get(previous) ?? end - at - 8) !== end - at - 8) {
      throw new ProtocolError('the command set has a number of the wrong length', ABORT_REASON.invalidParameter);
    }
    elements.set(previous, bytes.subarray(at + 8, end));
    at = end;
  }
  return elements;
}

function requiredUnsignedShort(elements: ReadonlyMap<number, Buffer>, element: number): number {
  const value = unsignedShort(elements.get(element));
  if (value === undefined) {
    const tag = `(0000,${element.toString(16).padStart(4, '0')})`;
    throw new ProtocolError(`the command set lacks ${tag}`, ABORT_REASON.invalidParameter);
  }
  return value;
}

function unsignedShort(value: Buffer | undefined): number | undefined {
  return value === undefined || value.length !== 2 ? undefined : value.readUInt16LE(0);
}

/** Without its padding, otherwise untouched: it need not be a valid UID. */
function uid(value: Buffer | undefined): string {
  return withoutTrailing((value ?? Buffer.alloc(0)).toString('latin1'), VALUE_PADDING);
}

/** Tag and type of the elements that this node writes, in ascending order. */
const WRITTEN_ELEMENTS = [
  ['AffectedSOPClassUID', 0x0002, 'UI'],
  ['RequestedSOPClassUID', 0x0003, 'UI'],
  ['CommandField', 0x0100, 'US'],
  ['MessageID', 0x0110, 'US'],
  ['MessageIDBeingRespondedTo', 0x0120, 'US'],
  ['Priority', 0x0700, 'US'],
  ['CommandDataSetType', 0x0800, 'US'],
  ['Status', 0x0900, 'US'],
  ['ErrorComment', 0x0902, 'LO'],
  ['AffectedSOPInstanceUID', 0x1000, 'UI'],
  ['RequestedSOPInstanceUID', 0x1001, 'UI'],
  ['EventTypeID', 0x1002, 'US'],
  ['ActionTypeID', 0x1008, 'US'],
] as const;

/**
 * A command set for dcmjs-dimse that is encoded here. Its own encoder removes characters from odd UIDs, cuts long
 * ones, says so on the console, and takes fifty times as long.
 */
export class ExactCommandSet extends Dataset {
  override getDenaturalizedCommandDataset(): Buffer {
    const elements = WRITTEN_ELEMENTS.flatMap(([keyword, element, vr]) => {
      const value: unknown = this.getElement(keyword);
      return value === undefined
        ? []
        : [encodeElement(element, vr === 'US' ? shortValue(value) : textValue(value, vr))];
    });
    const length = Buffer.alloc(4);
    length.writeUInt32LE(elements.reduce((sum, element) => sum + element.length, 0));
    return Buffer.concat([encodeElement(0x0000, length), ...elements]);
  }
}

export interface ResponseTo {
  readonly commandField: number;
  readonly request: CommandSet;
  readonly status: number;
  /** At most 64 characters. */
  readonly errorComment?: string | undefined;
}

/** The command set of a response without a data set. */
export function responseCommandSet({ commandField, request, status, errorComment }: ResponseTo): ExactCommandSet {
  return new ExactCommandSet({
    CommandField: commandField,
    MessageIDBeingRespondedTo: request.messageId,
    CommandDataSetType: NO_DATA_SET,
    Status: status,
    ErrorComment: errorComment,
    AffectedSOPClassUID: request.affectedSopClassUid,
    AffectedSOPInstanceUID: request.affectedSopInstanceUid === '' ? undefined : request.affectedSopInstanceUid,
  });
}

/** The command set of a C-STORE-RQ; dcmjs-dimse adds the Message ID. */
export function storeRequestCommandSet(sopClassUid: string, sopInstanceUid: string): ExactCommandSet {
  return new ExactCommandSet({
    CommandField: COMMAND_FIELD.storeRequest,
    Priority: 0,
    CommandDataSetType: DATA_SET_FOLLOWS,
    AffectedSOPClassUID: sopClassUid,
    AffectedSOPInstanceUID: sopInstanceUid,
  });
}

/** The command set of an N-ACTION-RQ with a data set; dcmjs-dimse adds the Message ID. */
export function actionRequestCommandSet(sopClassUid: string, sopInstanceUid: string, typeId: number): ExactCommandSet {
  return new ExactCommandSet({
    CommandField: COMMAND_FIELD.actionRequest,
    CommandDataSetType: DATA_SET_FOLLOWS,
    RequestedSOPClassUID: sopClassUid,
    RequestedSOPInstanceUID: sopInstanceUid,
    ActionTypeID: typeId,
  });
}

/** The command set of an N-EVENT-REPORT-RQ with a data set; dcmjs-dimse adds the Message ID. */
export function eventReportRequestCommandSet(
  sopClassUid: string,
  sopInstanceUid: string,
  typeId: number,
): ExactCommandSet {
  return new ExactCommandSet({
    CommandField: COMMAND_FIELD.eventReportRequest,
    CommandDataSetType: DATA_SET_FOLLOWS,
    AffectedSOPClassUID: sopClassUid,
    AffectedSOPInstanceUID: sopInstanceUid,
    EventTypeID: typeId,
  });
}

function encodeElement(element: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}

function shortValue(value: unknown): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(Number(value));
  return bytes;
}

function textValue(value: unknown, vr: 'UI' | 'LO'): Buffer {
  const text = String(value);
  return Buffer.from(text.length % 2 === 0 ? text : text + (vr === 'UI' ? '\0' : ' '), 'latin1');
}
