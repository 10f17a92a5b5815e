import { type ImagePlane, sliceNormal } from '../core/geometry/image-plane.ts';
import { addScaled, type Lps } from '../core/geometry/vector.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { blur, foldOver, storedValues } from './acquisition.ts';
import { anatomyAt, type LabelFunction } from './anatomy.ts';
import {
  type Contrast,
  chemicalSpecies,
  coilSensitivity,
  type Preparation,
  preparedSignals,
  signalTable,
  textureAt,
} from './contrast.ts';
import { seededRandom } from './random.ts';
import type { Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

export interface RenderOptions extends Preparation {
  readonly subject: Subject;
  readonly plane: ImagePlane;
  /** 0 … 1 of the cardiac cycle. */
  readonly phase: number;
  readonly contrast: Contrast;
  /** What is cut; the subject's torso where it is absent. */
  readonly anatomy?: LabelFunction;
  readonly thicknessMm?: number;
  /** Standard deviation of the noise in either channel, as part of arterial blood's signal. */
  readonly noise?: number;
  /** Part of the field of view along the columns that folds over from either side. */
  readonly wrap?: number;
  /** Names the noise; the same seed gives the same noise. */
  readonly noiseSeed?: string;
}

export interface RenderedSlice {
  readonly image: GreyImage;
  /** TISSUE of the middle of the slice, row-major. */
  readonly labels: Uint8Array;
  readonly plane: ImagePlane;
}

const DEFAULT_THICKNESS_MM = 7;
const DEFAULT_NOISE = 0.014;
/** What a voxel of fat and water keeps of its signal in a balanced sequence. */
const OPPOSED_PHASE = 0.5;

/** One slice as a scanner would store it: whole numbers of 0 … 4095. */
export function renderSlice(options: RenderOptions): RenderedSlice {
  const { plane, wrap = 0 } = options;
  const folded = Math.round(wrap * plane.rows);
  const wide = { ...plane, rows: plane.rows + 2 * folded, imagePositionPatient: shifted(plane, -folded) };
  const { signal, labels } = cut(options, wide);
  const blurred = blur(signal, wide);
  const inside = foldOver(blurred, wide, folded);
  storedValues(inside, {
    noise: options.noise ?? DEFAULT_NOISE,
    random: seededRandom(`noise ${options.noiseSeed ?? options.subject.seed}`),
    ...(options.phaseSensitive === undefined ? {} : { phaseSensitive: options.phaseSensitive }),
  });
  const { rows, columns, rowSpacingMm, columnSpacingMm } = plane;
  return {
    image: { rows, columns, rowSpacingMm, columnSpacingMm, samples: inside },
    labels: labels.slice(folded * columns, (folded + rows) * columns),
    plane,
  };
}

function shifted(plane: ImagePlane, rows: number): Lps {
  return addScaled(plane.imagePositionPatient, plane.columnCosines, rows * plane.rowSpacingMm);
}

interface Cut {
  readonly signal: Float32Array;
  readonly labels: Uint8Array;
}

/** Signal and label of every pixel; the signal is the mean over the thickness of the slice. */
function cut(options: RenderOptions, plane: ImagePlane): Cut {
  const { subject, contrast, phase, thicknessMm = DEFAULT_THICKNESS_MM } = options;
  const label = options.anatomy ?? anatomyAt(subject, phase);
  const tissueSignal = preparedSignals(signalTable(contrast, subject), options);
  const normal = sliceNormal(plane);
  const offsets = thicknessMm > 0 ? [-thicknessMm / 3, thicknessMm / 3] : [];
  const labels = new Uint8Array(plane.rows * plane.columns);
  const signal = new Float32Array(labels.length);
  for (let y = 0, i = 0; y < plane.rows; y++) {
    const first = shifted(plane, y);
    for (let x = 0; x < plane.columns; x++, i++) {
      const p = addScaled(first, plane.rowCosines, x * plane.columnSpacingMm);
      const tissue = label(p);
      let sum = tissueSignal[tissue]!;
      for (const offset of offsets) sum += tissueSignal[label(addScaled(p, normal, offset))]!;
      labels[i] = tissue;
      signal[i] = sum === 0 ? 0 : (sum / (1 + offsets.length)) * coilSensitivity(subject, p) * textureAt(p);
    }
  }
  if (contrast === 'cine') darkenFatWaterBorders(signal, labels, plane.columns);
  return { signal, labels };
}

function darkenFatWaterBorders(signal: Float32Array, labels: Uint8Array, columns: number): void {
  const species = Uint8Array.from(labels, (label) => chemicalSpecies(label as Tissue));
  for (let i = columns; i < labels.length - columns; i++) {
    const here = species[i]!;
    if (here === 0) continue;
    const other = 3 - here;
    const mixed =
      species[i - 1] === other ||
      species[i + 1] === other ||
      species[i - columns] === other ||
      species[i + columns] === other;
    if (mixed) signal[i] = signal[i]! * OPPOSED_PHASE;
  }
}
