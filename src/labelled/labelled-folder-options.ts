import type { OrientationCode } from '../core/orientation/d4.ts';
import type { KindRule } from '../core/series/kind-rules.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { HeartStructure } from './labelled-picture.ts';

/** Which values of a label picture are which structure. */
export type StructureValues = Readonly<Partial<Record<HeartStructure, readonly number[]>>>;

/** What a person says about a whole folder, beside the rows of its labels table, which speak first. */
export interface LabelledFolderOptions {
  readonly kindRules: readonly KindRule[];
  /** How many phases of each slice of a NIfTI volume are read, spread evenly. */
  readonly phasesPerPosition: number;
  /** A labels table elsewhere, whose files lie in the folder. */
  readonly labelsFile?: string | undefined;
  /** Of pictures whose row and header do not tell theirs. */
  readonly kind?: SequenceKind | undefined;
  /** No picture is a short axis. */
  readonly shortAxis?: false | undefined;
  /** Of pictures whose row does not tell theirs. */
  readonly code?: OrientationCode | undefined;
  /** Folders, within this one or absolute, of grey PNGs named like the pictures: non-zero inside the structure. */
  readonly masks?: Readonly<Partial<Record<HeartStructure, string>>> | undefined;
  /** One folder of such PNGs whose values name the structures. */
  readonly labelMasks?: { readonly folder: string; readonly values: StructureValues } | undefined;
  /** A NIfTI volume beside each NIfTI volume: slice k of the picture is slice k + sliceOffset of the labels. */
  readonly labelVolume?:
    | { readonly name: string; readonly values: StructureValues; readonly sliceOffset: number }
    | undefined;
  /** Told of files that were passed over, and why. */
  readonly onSkipped?: ((file: string, reason: string) => void) | undefined;
}
