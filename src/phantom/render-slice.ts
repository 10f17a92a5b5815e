import type { ImagePlane } from '../core/geometry/image-plane.ts';
import { sliceNormal } from '../core/geometry/image-plane.ts';
import { addScaled, type Lps, scale } from '../core/geometry/vector.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import { anatomyAt } from './anatomy.ts';
import { type Contrast, chemicalSpecies, coilSensitivity, signalTable, textureAt } from './contrast.ts';
import { type SeededRandom, seededRandom } from './random.ts';
import type { Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

export interface RenderOptions {
  readonly subject: Subject;
  readonly plane: ImagePlane;
  /** 0 … 1 of the cardiac cycle. */
  readonly phase: number;
  readonly contrast: Contrast;
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

/** Stored value of arterial blood of a balanced sequence under full coil sensitivity; twelve bits are stored. */
const BLOOD_VALUE = 1100;
const GREATEST_VALUE = 4095;
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
  store(inside, {
    noise: options.noise ?? DEFAULT_NOISE,
    random: seededRandom(`noise ${options.noiseSeed ?? options.subject.seed}`),
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

/** Signal and label of every pixel; the signal is the mean over the thickness of the slice. */
function cut(options: RenderOptions, plane: ImagePlane): { signal: Float32Array; labels: Uint8Array } {
  const { subject, contrast, phase, thicknessMm = DEFAULT_THICKNESS_MM } = options;
  const label = anatomyAt(subject, phase);
  const tissueSignal = signalTable(contrast);
  const off = scale(sliceNormal(plane), thicknessMm / 4);
  const labels = new Uint8Array(plane.rows * plane.columns);
  const signal = new Float32Array(labels.length);
  for (let y = 0, i = 0; y < plane.rows; y++) {
    const first = shifted(plane, y);
    for (let x = 0; x < plane.columns; x++, i++) {
      const p = addScaled(first, plane.rowCosines, x * plane.columnSpacingMm);
      const tissue = label(p);
      labels[i] = tissue;
      const before = label([p[0] - off[0], p[1] - off[1], p[2] - off[2]]);
      const after = label([p[0] + off[0], p[1] + off[1], p[2] + off[2]]);
      const sum = tissueSignal[tissue]! + tissueSignal[before]! + tissueSignal[after]!;
      signal[i] = sum === 0 ? 0 : (sum / 3) * coilSensitivity(subject, p) * textureAt(p);
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

/** The point spread of a k-space that ends: [1 6 1] / 8 along rows and columns. */
function blur(signal: Float32Array, { rows, columns }: { rows: number; columns: number }): Float32Array {
  const alongRows = new Float32Array(signal.length);
  for (let i = 0; i < signal.length; i++) {
    const x = i % columns;
    const left = x > 0 ? signal[i - 1]! : 0;
    const right = x < columns - 1 ? signal[i + 1]! : 0;
    alongRows[i] = (left + 6 * signal[i]! + right) / 8;
  }
  const both = new Float32Array(signal.length);
  for (let i = 0; i < signal.length; i++) {
    const above = i >= columns ? alongRows[i - columns]! : 0;
    const below = i < (rows - 1) * columns ? alongRows[i + columns]! : 0;
    both[i] = (above + 6 * alongRows[i]! + below) / 8;
  }
  return both;
}

/** Too small a field of view along the phase encoding direction: what lies outside comes in from the other side. */
function foldOver(
  wide: Float32Array,
  { rows, columns }: { rows: number; columns: number },
  folded: number,
): Float32Array {
  const insideRows = rows - 2 * folded;
  const inside = new Float32Array(insideRows * columns);
  for (let y = 0; y < rows; y++) {
    const target = (((y - folded) % insideRows) + insideRows) % insideRows;
    for (let x = 0; x < columns; x++) inside[target * columns + x]! += wide[y * columns + x]!;
  }
  return inside;
}

/** Adds the noise of a magnitude picture (Rice's distribution) and rounds to stored values, in place. */
function store(signal: Float32Array, { noise, random }: { noise: number; random: SeededRandom }): void {
  for (let i = 0; i < signal.length; i++) {
    const radius = noise * Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    const magnitude = Math.hypot(signal[i]! + radius * Math.cos(angle), radius * Math.sin(angle));
    signal[i] = Math.min(GREATEST_VALUE, Math.round(magnitude * BLOOD_VALUE));
  }
}
