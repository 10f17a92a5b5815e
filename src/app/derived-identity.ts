import { createHash } from 'node:crypto';
import type { DerivedIdentity } from '../core/derivation/derivation-edits.ts';
import { type DerivationRecord, methodOf } from '../core/derivation/derivation-record.ts';
import { derivedSeriesInstanceUid, derivedSopInstanceUid } from '../core/derivation/derived-uid.ts';
import { NodeError } from '../core/errors.ts';
import type { Correction } from '../core/orientation/d4.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';

/** What of a source instance its derived UIDs are computed from. */
export interface IdentitySource {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  /** Tells apart what shares a Series Instance UID: the sequence kind. */
  readonly stack: SequenceKind;
  /** Of the Pixel Data; null where they were not read. */
  readonly pixelSha256: string | null;
}

/**
 * The UIDs of the instance that is made of a source by a correction.
 * @throws NodeError cannot-reorient
 */
export function derivedIdentity(
  { sopInstanceUid, seriesInstanceUid, stack, pixelSha256 }: IdentitySource,
  { correction, record }: { readonly correction: Correction; readonly record: DerivationRecord },
): DerivedIdentity {
  if (record.uidPolicy === 'preserve') return { sopInstanceUid, seriesInstanceUid };
  if (pixelSha256 === null) {
    throw new NodeError('cannot-reorient', 'the instance has no pixels that were read', {
      subject: { sopInstanceUid },
    });
  }
  const source = { method: methodOf(record), correction };
  return {
    sopInstanceUid: derivedSopInstanceUid({ ...source, sopInstanceUid, pixelDataSha256: pixelSha256 }, sha1),
    seriesInstanceUid: derivedSeriesInstanceUid({ ...source, seriesInstanceUid, stack: record.stack ?? stack }, sha1),
  };
}

export function sha1(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha1').update(bytes).digest());
}
