import { ABORT_REASON, PDU_HEADER_LENGTH, ProtocolError } from './pdu.ts';

/** Protocol version, AE titles and reserved bytes before the first item of an A-ASSOCIATE-RQ (PS3.8 table 9-11). */
const FIXED_FIELDS_LENGTH = 68;
const PRESENTATION_CONTEXT_ITEM = 0x20;
const ITEM_HEADER_LENGTH = 4;

/**
 * An A-ASSOCIATE-RQ whose presentation contexts stand in ascending order of their IDs. PS3.8 asks for no order, but
 * dcmjs-dimse gives a context another ID when a greater one came before it.
 * @throws ProtocolError items that do not fit, two contexts of one ID
 */
export function withContextsInOrder(associateRequest: Buffer): Buffer {
  const contexts: Buffer[] = [];
  const others: Buffer[] = [];
  let at = PDU_HEADER_LENGTH + FIXED_FIELDS_LENGTH;
  if (associateRequest.length < at) {
    throw new ProtocolError('the A-ASSOCIATE-RQ is too short', ABORT_REASON.invalidParameter);
  }
  while (at < associateRequest.length) {
    const item = itemAt(associateRequest, at);
    (item[0] === PRESENTATION_CONTEXT_ITEM ? contexts : others).push(item);
    at += item.length;
  }
  contexts.sort((a, b) => idOf(a) - idOf(b));
  contexts.forEach((context, index) => {
    if (index > 0 && idOf(context) === idOf(contexts[index - 1]!)) {
      throw new ProtocolError('two presentation contexts have the same ID', ABORT_REASON.invalidParameter);
    }
  });
  // The application context comes first and the user information last, as they do in every request.
  const [applicationContext, ...rest] = others;
  const fixed = associateRequest.subarray(0, PDU_HEADER_LENGTH + FIXED_FIELDS_LENGTH);
  return Buffer.concat([fixed, ...(applicationContext ? [applicationContext] : []), ...contexts, ...rest]);
}

function itemAt(pdu: Buffer, at: number): Buffer {
  const end = at + ITEM_HEADER_LENGTH > pdu.length ? Infinity : at + ITEM_HEADER_LENGTH + pdu.readUInt16BE(at + 2);
  const item = pdu.subarray(at, end);
  const shortest = item[0] === PRESENTATION_CONTEXT_ITEM ? ITEM_HEADER_LENGTH + 4 : ITEM_HEADER_LENGTH;
  if (end > pdu.length || item.length < shortest) {
    throw new ProtocolError('an item does not fit into its A-ASSOCIATE-RQ', ABORT_REASON.invalidParameter);
  }
  return item;
}

function idOf(context: Buffer): number {
  return context.readUInt8(ITEM_HEADER_LENGTH);
}
