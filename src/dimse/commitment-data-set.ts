import type { CommitmentReport, FailedInstance, ReferencedInstance } from '../app/ports.ts';
import type { AttributeItem, ItemElement } from '../core/attributes/attribute-edit.ts';
import { type AttributeReader, firstShort, firstString } from '../core/attributes/attribute-reader.ts';
import { NodeError } from '../core/errors.ts';
import { DataSet } from '../part10/data-set.ts';
import { encodedParts } from '../part10/encode-element.ts';
import { encodingOf, IMPLICIT_VR_LITTLE_ENDIAN } from '../part10/transfer-syntax.ts';

/** PS3.4 tables J.3.2-1 and J.3.3-1; their sequences hold nothing else that is used here. */
const TRANSACTION_UID = 0x00081195;
const FAILED_SOP_SEQUENCE = 0x00081198;
const REFERENCED_SOP_SEQUENCE = 0x00081199;
const REFERENCED_SOP_CLASS_UID = 0x00081150;
const REFERENCED_SOP_INSTANCE_UID = 0x00081155;
const FAILURE_REASON = 0x00081197;

const PROCESSING_FAILURE = 0x0110;
const ENCODING = encodingOf(IMPLICIT_VR_LITTLE_ENDIAN)!;

/** What an N-ACTION or an N-EVENT-REPORT of storage commitment says. */
export type CommitmentList = CommitmentReport;

/** In Implicit VR Little Endian. A sequence without an item is left out, as J.3.3.1.1 asks. */
export function encodeCommitmentList({ transactionUid, committed, failed }: CommitmentList): Buffer {
  const lists: ItemElement[] = [uidElement(TRANSACTION_UID, transactionUid)];
  if (failed.length > 0) lists.push(sequence(FAILED_SOP_SEQUENCE, failed.map(failedItem)));
  if (committed.length > 0) lists.push(sequence(REFERENCED_SOP_SEQUENCE, committed.map(referencedItem)));
  return Buffer.concat(lists.flatMap((element) => ('value' in element ? encodedParts(element, ENCODING) : [])));
}

/**
 * Reads such a list in the transfer syntax that was accepted.
 * @throws NodeError not-an-instance, truncated, contradicts-context, bad-request (it names no transaction, or an
 *   instance without a UID)
 */
export function parseCommitmentList(bytes: Buffer, transferSyntaxUid: string): CommitmentList {
  const encoding = encodingOf(transferSyntaxUid);
  if (encoding === undefined || encoding.deflated) {
    throw new NodeError('bad-request', 'a list of references comes uncompressed');
  }
  const list = DataSet.read(bytes, encoding);
  const transactionUid = firstString(list, TRANSACTION_UID);
  if (transactionUid === undefined)
    throw new NodeError('bad-request', 'a storage commitment without a Transaction UID');
  return {
    transactionUid,
    committed: list.items(REFERENCED_SOP_SEQUENCE).map(referenced),
    failed: list.items(FAILED_SOP_SEQUENCE).map((item) => ({
      ...referenced(item),
      reason: firstShort(item, FAILURE_REASON) ?? PROCESSING_FAILURE,
    })),
  };
}

function referenced(item: AttributeReader): ReferencedInstance {
  const sopInstanceUid = firstString(item, REFERENCED_SOP_INSTANCE_UID);
  if (sopInstanceUid === undefined) throw new NodeError('bad-request', 'a reference without a SOP Instance UID');
  return { sopClassUid: firstString(item, REFERENCED_SOP_CLASS_UID) ?? '', sopInstanceUid };
}

function referencedItem({ sopClassUid, sopInstanceUid }: ReferencedInstance): AttributeItem {
  return {
    elements: [
      uidElement(REFERENCED_SOP_CLASS_UID, sopClassUid),
      uidElement(REFERENCED_SOP_INSTANCE_UID, sopInstanceUid),
    ],
  };
}

function failedItem({ reason, ...instance }: FailedInstance): AttributeItem {
  const { elements } = referencedItem(instance) as { readonly elements: readonly ItemElement[] };
  return { elements: [...elements, { tag: FAILURE_REASON, vr: 'US', value: { unsignedShorts: [reason] } }] };
}

function uidElement(tag: number, uid: string): ItemElement {
  return { tag, vr: 'UI', value: { strings: [uid] } };
}

function sequence(tag: number, items: readonly AttributeItem[]): ItemElement {
  return { tag, vr: 'SQ', value: { items } };
}
