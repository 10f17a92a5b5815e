import type { DicomJson, DicomJsonElement } from '../core/attributes/dicom-json.ts';

/** What became of one part of a store request. The UIDs are empty where the part did not tell them. */
export interface StoredOrNot {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** Set for what was not stored. */
  readonly failureReason?: number;
  /** Set for what was not stored, but would be if sent again later. */
  readonly later?: boolean;
}

/** The Store Instances Response Module (PS3.18 I.2). Retrieve URLs are empty: a search tells them. */
export function storeResponse(outcomes: readonly StoredOrNot[]): DicomJson {
  const stored = outcomes.filter((one) => one.failureReason === undefined);
  const failed = outcomes.filter((one) => one.failureReason !== undefined && one.sopInstanceUid !== '');
  const unnamed = outcomes.filter((one) => one.failureReason !== undefined && one.sopInstanceUid === '');
  return {
    '00081190': { vr: 'UR' },
    ...sequence('00081198', failed, (one) => ({ ...referenceOf(one), ...reasonOf(one) })),
    ...sequence('00081199', stored, (one) => ({ ...referenceOf(one), '00081190': { vr: 'UR' } })),
    // Other Failures Sequence: parts that no SOP Instance UID can be given for (PS3.18 I.2.2).
    ...sequence('0008119A', unnamed, reasonOf),
  };
}

/** The status of the whole (PS3.18 table 10.5.3-1): all stored, some, none; and none for want of room. */
export function storeStatus(outcomes: readonly StoredOrNot[]): 200 | 202 | 409 | 503 {
  const failed = outcomes.filter((one) => one.failureReason !== undefined);
  if (failed.length === 0) {
    return 200;
  }
  if (failed.length < outcomes.length) {
    return 202;
  }
  return failed.every((one) => one.later === true) ? 503 : 409;
}

function sequence(tag: string, outcomes: readonly StoredOrNot[], item: (one: StoredOrNot) => DicomJson): DicomJson {
  return outcomes.length === 0 ? {} : { [tag]: { vr: 'SQ', Value: outcomes.map(item) } };
}

function referenceOf(one: StoredOrNot): DicomJson {
  return { '00081150': uid(one.sopClassUid), '00081155': uid(one.sopInstanceUid) };
}

function uid(value: string): DicomJsonElement {
  return value === '' ? { vr: 'UI' } : { vr: 'UI', Value: [value] };
}

function reasonOf(one: StoredOrNot): DicomJson {
  return { '00081197': { vr: 'US', Value: [one.failureReason] } };
}
