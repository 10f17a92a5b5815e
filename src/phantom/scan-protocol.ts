import type { Contrast } from './contrast.ts';
import type { PlaneKind } from './planes.ts';

/** What a series is meant to be. A scout is a quick balanced picture. */
export const PHANTOM_SEQUENCES = ['cine', 'LGE', 'T2', 'scout'] as const;
export type PhantomSequence = (typeof PHANTOM_SEQUENCES)[number];

/** What a scanner says about a sequence of its own. */
export interface ScanProtocol {
  readonly contrast: Contrast;
  readonly description: string;
  readonly sequenceName: string;
  readonly scanningSequence: readonly string[];
  readonly sequenceVariant: readonly string[];
  readonly scanOptions: readonly string[];
  readonly imageType: readonly string[];
  readonly repetitionTime: number;
  readonly echoTime: number;
  readonly echoTrainLength: number;
  readonly inversionTime?: number;
  readonly flipAngle: number;
  readonly thicknessMm: number;
  /** Of the cardiac cycle, where a series has one phase only. */
  readonly restingPhase: number;
}

const MAGNITUDE = ['ORIGINAL', 'PRIMARY', 'M'] as const;
/** Diastasis, when the heart holds still. */
const DIASTOLE = 0.75;

const PROTOCOLS: Readonly<Record<PhantomSequence, Omit<ScanProtocol, 'description'>>> = {
  cine: {
    contrast: 'cine',
    sequenceName: 'bssfp2d_cine',
    scanningSequence: ['GR'],
    sequenceVariant: ['SK', 'SS'],
    scanOptions: ['CG', 'RG'],
    imageType: [...MAGNITUDE, 'CINE'],
    repetitionTime: 3.1,
    echoTime: 1.4,
    echoTrainLength: 1,
    flipAngle: 55,
    thicknessMm: 8,
    restingPhase: 0,
  },
  LGE: {
    contrast: 'LGE',
    sequenceName: 'ir_gre2d',
    scanningSequence: ['GR', 'IR'],
    sequenceVariant: ['SK', 'MP'],
    scanOptions: ['CG'],
    imageType: MAGNITUDE,
    repetitionTime: 8.2,
    echoTime: 3.2,
    echoTrainLength: 1,
    inversionTime: 290,
    flipAngle: 25,
    thicknessMm: 8,
    restingPhase: DIASTOLE,
  },
  T2: {
    contrast: 'T2',
    sequenceName: 'tse2d_db',
    scanningSequence: ['SE'],
    sequenceVariant: ['SK'],
    scanOptions: ['CG', 'FC'],
    imageType: MAGNITUDE,
    repetitionTime: 1800,
    echoTime: 62,
    echoTrainLength: 19,
    flipAngle: 180,
    thicknessMm: 8,
    restingPhase: DIASTOLE,
  },
  scout: {
    contrast: 'cine',
    sequenceName: 'bssfp2d_scout',
    scanningSequence: ['GR'],
    sequenceVariant: ['SS'],
    scanOptions: ['CG'],
    imageType: MAGNITUDE,
    repetitionTime: 3.4,
    echoTime: 1.5,
    echoTrainLength: 1,
    flipAngle: 60,
    thicknessMm: 6,
    restingPhase: DIASTOLE,
  },
};

export function scanProtocol(sequence: PhantomSequence, plane: PlaneKind): ScanProtocol {
  const description = sequence === 'scout' ? `localizer_${plane}` : `${sequence}_${plane}`;
  return { ...PROTOCOLS[sequence], description };
}
