import type { Correction } from '../orientation/d4.ts';
import type { SequenceKind } from '../series/sequence-kind.ts';
import type { DerivationMethod } from './derived-uid.ts';

/**
 * All that a derived instance says of how it came about, and that is not in its source. It is kept in the decision
 * row: together with the source bytes it determines the output bytes.
 */
export interface DerivationRecord {
  /** Local date and time as DICOM writes them: `20261120`, `184102`, and with the offset from UTC `20261120184102+0100`. */
  readonly date: string;
  readonly time: string;
  readonly dateTime: string;
  /** Derivation Description (0008,2111): product, version, model and its hash. */
  readonly description: string;
  readonly manufacturer: string;
  readonly productName: string;
  readonly softwareVersion: string;
  /** AE title of this node, as Modifying System and Station Name. */
  readonly modifyingSystem: string;
  readonly sourceOfPreviousValues: string;
  readonly imageTypeValue1: 'derived' | 'keep';
  /** Appended to Series Description; empty: nothing. ASCII. */
  readonly seriesDescriptionSuffix: string;
  /** Added to Series Number. */
  readonly seriesNumberOffset: number;
  /** `derive`: new UIDs. `preserve`: the source's UIDs are kept, against PS3.3 C.7.6.1.1.2, because a site asked for it. */
  readonly uidPolicy: 'derive' | 'preserve';
  /** Private vendor geometry is kept byte for byte, or removed where a site chose so. */
  readonly privateGeometry: 'keep' | 'remove';
  /**
   * Method `relabel`: what was done to the pixels and not to their header, as a person asserted. The header is put right
   * by it before the correction.
   */
  readonly assertedOperation?: Correction;
  /** The kind whose UIDs these are, where the series was of another kind when it was turned like this first. */
  readonly stack?: SequenceKind;
}

export function methodOf({ assertedOperation }: Pick<DerivationRecord, 'assertedOperation'>): DerivationMethod {
  return assertedOperation === undefined ? 'reorient' : 'relabel';
}

/** The description as it is written, at most 1024 characters (ST). */
export function derivationDescription(options: {
  readonly product: string;
  readonly softwareVersion: string;
  readonly model?: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly observedCode: string;
  readonly correction: string;
  /** A person decided, and nobody is named. */
  readonly byPerson?: boolean;
  readonly assertedOperation?: string | undefined;
}): string {
  const { product, softwareVersion, model, observedCode, correction, byPerson = false, assertedOperation } = options;
  const recogniser = model === undefined ? 'no model' : `model ${model.name} ${model.version} sha256 ${model.sha256}`;
  const place =
    assertedOperation === undefined
      ? 'every sample keeps its patient coordinate'
      : `a person asserted in review that the pixels had been turned by ${assertedOperation} without their geometry ` +
        'header, which was put right by it: samples moved in patient space';
  return (
    `Reoriented without resampling by ${product} ${softwareVersion}: stored orientation ${observedCode}` +
    `${byPerson ? ' as a person decided in review' : ''}, ` +
    `correction ${correction} (Zhang & Zhuang 2021, Table 1); ${place}; ${recogniser}`
  ).slice(0, 1024);
}
