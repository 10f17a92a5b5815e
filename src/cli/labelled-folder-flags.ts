import { NodeError } from '../core/errors.ts';
import { isOrientationCode } from '../core/orientation/d4.ts';
import type { LabelledFolderOptions, StructureValues } from '../labelled/labelled-folder-options.ts';
import { HEART_STRUCTURES, type HeartStructure } from '../labelled/labelled-picture.ts';

/** What a person says of a labelled folder. */
export interface LabelledFolderFlags {
  readonly labels?: string | undefined;
  readonly kind?: LabelledFolderOptions['kind'];
  readonly code?: string | undefined;
  /** `--not-short-axis` */
  readonly notShortAxis?: boolean | undefined;
  /** `structure=folder`, as often as there are structures. */
  readonly mask?: readonly string[] | undefined;
  readonly labelMask?: string | undefined;
  readonly labelVolume?: string | undefined;
  /** `structure=value,…`; several values of one structure are joined by `+`. */
  readonly labelValues?: string | undefined;
  readonly labelSliceOffset?: string | undefined;
}

/**
 * The words of the command line as options of a labelled folder.
 * @throws NodeError bad-request
 */
export function labelledFolderOptions(
  flags: LabelledFolderFlags,
): Omit<LabelledFolderOptions, 'kindRules' | 'phasesPerPosition'> {
  const { code, labelMask, labelVolume, labelSliceOffset = '0' } = flags;
  if (code !== undefined && !isOrientationCode(code)) throw wrong('--code', 'is not one of the eight codes');
  const labelled = labelMask !== undefined || labelVolume !== undefined;
  if (labelled !== (flags.labelValues !== undefined)) {
    throw wrong('--label-values', 'goes together with --label-mask or --label-volume');
  }
  const sliceOffset = Number(labelSliceOffset);
  if (!Number.isInteger(sliceOffset)) throw wrong('--label-slice-offset', 'is not a whole number');
  const values = structureValues(flags.labelValues ?? '');
  return {
    labelsFile: flags.labels,
    kind: flags.kind,
    code,
    shortAxis: flags.notShortAxis === true ? false : undefined,
    masks: Object.fromEntries((flags.mask ?? []).map((text) => assignment('--mask', text))),
    labelMasks: labelMask === undefined ? undefined : { folder: labelMask, values },
    labelVolume: labelVolume === undefined ? undefined : { name: labelVolume, values, sliceOffset },
  };
}

function structureValues(text: string): StructureValues {
  const parts = text.split(',').filter((part) => part !== '');
  return Object.fromEntries(
    parts.map((part) => {
      const [structure, list] = assignment('--label-values', part);
      const values = list.split('+').map(Number);
      if (!values.every(Number.isInteger)) throw wrong('--label-values', 'has a value that is not a whole number');
      return [structure, values];
    }),
  );
}

function assignment(flag: string, text: string): readonly [HeartStructure, string] {
  const [name, value] = text.split(/=(.*)/s);
  const structure = HEART_STRUCTURES.find((one) => one === name);
  if (structure === undefined || !value)
    throw wrong(flag, `is not STRUCTURE=… with one of ${HEART_STRUCTURES.join(', ')}`);
  return [structure, value];
}

function wrong(flag: string, what: string): NodeError {
  return new NodeError('bad-request', `${flag} ${what}`);
}
