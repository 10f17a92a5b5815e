import { isPlaneFault, readImagePlane } from '../core/attributes/read-plane.ts';
import { relabelEdits } from '../core/attributes/relabel-edits.ts';
import { reorientEdits, reorientPixels } from '../core/attributes/reorient-edits.ts';
import { turnFault } from '../core/attributes/turnable.ts';
import { type DerivedIdentity, derivationEdits } from '../core/derivation/derivation-edits.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import { NodeError } from '../core/errors.ts';
import { proveSamplesKeptTheirPlace } from '../core/geometry/proof.ts';
import type { Correction } from '../core/orientation/d4.ts';
import { isLayoutFault, readPixelLayout } from '../core/pixels/pixel-layout.ts';
import { DataSet } from '../part10/data-set.ts';
import { type Allocate, applyEdits } from '../part10/splice.ts';

export interface Derivation {
  readonly correction: Correction;
  readonly identity: DerivedIdentity;
  readonly record: DerivationRecord;
}

/**
 * The data set of the turned instance, proved: a pure function of the source bytes and the decision. Where a person
 * asserted the geometry, the proof is against the source under that geometry.
 * @throws NodeError cannot-reorient, proof-failed
 */
export function deriveInstance(
  source: DataSet,
  { correction, identity, record }: Derivation,
  allocate?: Allocate,
): Uint8Array {
  const fault = turnFault(source);
  if (fault !== undefined) throw cannot(fault.attribute, fault.fault);
  const { assertedOperation } = record;
  const placed = assertedOperation === undefined ? source : relabelled(source, assertedOperation);
  const layout = readPixelLayout(placed);
  if (isLayoutFault(layout)) throw cannot(layout.attribute, layout.fault);
  const plane = readImagePlane(source);
  const turned =
    assertedOperation === undefined
      ? reorientEdits({ header: source, layout, plane: isPlaneFault(plane) ? undefined : plane }, correction)
      : [
          ...relabelEdits(source, assertedOperation, correction),
          ...reorientPixels({ header: placed, layout }, correction),
        ];
  const edits = [...turned, ...derivationEdits(source, turned, { identity, record })];
  const bytes = applyEdits(source, edits, allocate);
  proveSamplesKeptTheirPlace(placed, DataSet.read(bytes, source.encoding), correction);
  return bytes;
}

/** The source under the geometry that a person asserted. */
function relabelled(source: DataSet, operation: Correction): DataSet {
  return DataSet.read(applyEdits(source, relabelEdits(source, operation)), source.encoding);
}

function cannot(attribute: string, fault: string): NodeError {
  return new NodeError('cannot-reorient', `the instance cannot be turned: ${attribute} ${fault}`, {
    subject: { attribute },
  });
}
