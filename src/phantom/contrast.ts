import type { Lps } from '../core/geometry/vector.ts';
import { seededRandom } from './random.ts';
import { TISSUE, TISSUE_COUNT, type Tissue } from './tissue.ts';
import type { Subject } from './variation.ts';

/** Balanced steady state (cine and scouts), inversion recovery after gadolinium, black-blood T2-weighted spin echo. */
export const CONTRASTS = ['cine', 'LGE', 'T2'] as const;
export type Contrast = (typeof CONTRASTS)[number];

type SignalTable = Readonly<Record<keyof typeof TISSUE, number>>;

/** Signal of full coil sensitivity; arterial blood of a balanced sequence is 1. */
const SIGNALS: Readonly<Record<Contrast, SignalTable>> = {
  cine: {
    air: 0,
    fat: 0.9,
    muscle: 0.27,
    bone: 0.42,
    lung: 0.05,
    lungVessel: 0.4,
    liver: 0.4,
    liverVessel: 0.62,
    stomachWall: 0.33,
    stomachContent: 0.6,
    gas: 0.02,
    spleen: 0.55,
    spinalCanal: 1,
    mediastinum: 0.62,
    epicardialFat: 0.8,
    vesselWall: 0.22,
    aorta: 0.95,
    pulmonaryArtery: 0.92,
    vein: 0.85,
    leftVentricle: 1,
    myocardium: 0.34,
    papillaryMuscle: 0.36,
    scar: 0.36,
    rightVentricle: 0.96,
    rightVentricularWall: 0.36,
    trabecula: 0.5,
    leftAtrium: 0.94,
    rightAtrium: 0.9,
    bowel: 0.45,
    kidney: 0.5,
    greyMatter: 0.4,
    whiteMatter: 0.36,
    clearFluid: 1,
  },
  LGE: {
    air: 0,
    fat: 0.78,
    muscle: 0.24,
    bone: 0.38,
    lung: 0.04,
    lungVessel: 0.35,
    liver: 0.36,
    liverVessel: 0.5,
    stomachWall: 0.26,
    stomachContent: 0.2,
    gas: 0.02,
    spleen: 0.45,
    spinalCanal: 0.12,
    mediastinum: 0.5,
    epicardialFat: 0.62,
    vesselWall: 0.25,
    aorta: 0.62,
    pulmonaryArtery: 0.6,
    vein: 0.58,
    leftVentricle: 0.64,
    myocardium: 0.07,
    papillaryMuscle: 0.09,
    scar: 0.95,
    rightVentricle: 0.62,
    rightVentricularWall: 0.12,
    trabecula: 0.28,
    leftAtrium: 0.6,
    rightAtrium: 0.58,
    bowel: 0.3,
    kidney: 0.8,
    greyMatter: 0.34,
    whiteMatter: 0.38,
    clearFluid: 0.12,
  },
  T2: {
    air: 0,
    fat: 0.95,
    muscle: 0.24,
    bone: 0.45,
    lung: 0.04,
    lungVessel: 0.1,
    liver: 0.26,
    liverVessel: 0.14,
    stomachWall: 0.32,
    stomachContent: 0.85,
    gas: 0.02,
    spleen: 0.62,
    spinalCanal: 1,
    mediastinum: 0.55,
    epicardialFat: 0.75,
    vesselWall: 0.3,
    aorta: 0.05,
    pulmonaryArtery: 0.06,
    vein: 0.1,
    leftVentricle: 0.08,
    myocardium: 0.4,
    papillaryMuscle: 0.36,
    scar: 0.5,
    rightVentricle: 0.09,
    rightVentricularWall: 0.36,
    trabecula: 0.22,
    leftAtrium: 0.07,
    rightAtrium: 0.08,
    bowel: 0.5,
    kidney: 0.72,
    greyMatter: 0.5,
    whiteMatter: 0.4,
    clearFluid: 1,
  },
};

/** From one scan to the next, as part of a tissue's signal. */
const SIGNAL_DEVIATION = 0.07;

/** One fluid, in whatever chamber. */
const BLOOD = new Set<Tissue>([
  TISSUE.leftVentricle,
  TISSUE.rightVentricle,
  TISSUE.leftAtrium,
  TISSUE.rightAtrium,
  TISSUE.aorta,
  TISSUE.pulmonaryArtery,
  TISSUE.vein,
]);

/** Signal of each tissue by the number it has in a label map, a little different in every subject. */
export function signalTable(contrast: Contrast, { seed }: Subject): Float32Array {
  const random = seededRandom(`signals ${contrast} ${seed}`);
  const blood = random.normal(1, SIGNAL_DEVIATION);
  const table = new Float32Array(TISSUE_COUNT);
  for (const [name, tissue] of Object.entries(TISSUE)) {
    const own = random.normal(1, SIGNAL_DEVIATION);
    table[tissue] = SIGNALS[contrast][name as keyof typeof TISSUE] * (BLOOD.has(tissue) ? blood : own);
  }
  return table;
}

const FATS = new Set<Tissue>([TISSUE.fat, TISSUE.epicardialFat, TISSUE.mediastinum]);
const NULLED = new Set<Tissue>([TISSUE.myocardium, TISSUE.papillaryMuscle, TISSUE.rightVentricularWall]);
/** What fat suppression leaves. */
const SUPPRESSED_FAT = 0.18;
/** Just before its null point a muscle's magnetisation still points the other way, and a phase-sensitive picture shows it. */
const BEFORE_THE_NULL = -1.4;

/** What haze draws every tissue towards. */
const HAZE_SIGNAL = 0.4;

/** How a site runs a sequence, where it may be run in more than one way. */
export interface Preparation {
  readonly fatSuppressed?: boolean;
  /** Late enhancement with its sign: what has no signal is grey, nulled muscle is black. */
  readonly phaseSensitive?: boolean;
  /** 0 … 1: how much of the difference between tissues is lost, to a poor null or a late time after injection. */
  readonly haze?: number;
}

/** `signalTable` under a preparation. */
export function preparedSignals(
  table: Float32Array,
  { fatSuppressed, phaseSensitive, haze = 0 }: Preparation,
): Float32Array {
  return table.map((clear, tissue) => {
    const signal = EMPTY.has(tissue as Tissue) ? clear : clear + haze * (HAZE_SIGNAL - clear);
    if (fatSuppressed && FATS.has(tissue as Tissue)) return signal * SUPPRESSED_FAT;
    if (phaseSensitive && NULLED.has(tissue as Tissue)) return signal * BEFORE_THE_NULL;
    return signal;
  });
}
const EMPTY = new Set<Tissue>([TISSUE.air, TISSUE.gas, TISSUE.lung]);

/** 0 nothing, 1 water, 2 fat: where a voxel holds both, a balanced sequence goes dark. */
export function chemicalSpecies(tissue: Tissue): 0 | 1 | 2 {
  if (FATS.has(tissue)) return 2;
  return EMPTY.has(tissue) ? 0 : 1;
}

/** What the receiver coils make of a point: strong under the front array, weaker in the middle and at the back. */
export function coilSensitivity(subject: Subject, [x, y, z]: Lps): number {
  const { bodyHalfDepth, heartCentre, mirrored } = subject;
  const heartX = mirrored ? -heartCentre[0] : heartCentre[0];
  const front = (y + bodyHalfDepth) / 95;
  const back = (bodyHalfDepth - y) / 60;
  const beside = ((x - heartX) / 190) ** 2 + ((z - heartCentre[2]) / 170) ** 2;
  return (0.36 + 0.95 * Math.exp(-front) + 0.4 * Math.exp(-back)) * Math.exp(-beside);
}

/** Fine structure of a tissue, about 1. */
export function textureAt([x, y, z]: Lps): number {
  return (
    1 +
    0.03 * Math.sin(0.61 * x + 0.33 * z) * Math.sin(0.64 * y - 0.41 * x) +
    0.04 * Math.sin(0.11 * z + 0.09 * y + 0.13 * x)
  );
}
