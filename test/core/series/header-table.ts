import type { KindHeader } from '../../../src/core/series/kind-header.ts';
import type { SequenceKind } from '../../../src/core/series/sequence-kind.ts';

/** A header as scanners and technologists write it, and what the series must be taken for. */
export interface HeaderRow {
  readonly kind: SequenceKind;
  readonly why: string;
  readonly header: KindHeader;
}

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';

function vendor(manufacturer: string) {
  return (kind: SequenceKind, why: string, header: KindHeader): HeaderRow => ({
    kind,
    why: `${manufacturer}: ${why}`,
    header: { modality: 'MR', sopClassUid: MR_IMAGE_STORAGE, manufacturer, ...header },
  });
}
const siemens = vendor('SIEMENS');
const ge = vendor('GE MEDICAL SYSTEMS');
const philips = vendor('Philips Medical Systems');
const canon = vendor('CANON_MEC');
const unitedImaging = vendor('UIH');
const anonymous = vendor('');

/** What the scanner says by itself, beside any description. */
const SIEMENS_CINE: KindHeader = {
  sequenceName: '*tfi2d1_15',
  scanningSequence: ['GR'],
  sequenceVariant: ['SK', 'SS'],
  scanOptions: ['RG'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'RETRO', 'NORM', 'DIS2D'],
  echoTime: 1.2,
  repetitionTime: 40.3,
  flipAngle: 60,
  triggerTime: 312.5,
  cardiacNumberOfImages: 25,
};
const SIEMENS_LGE: KindHeader = {
  sequenceName: '*tfl2d1_25',
  scanningSequence: ['GR', 'IR'],
  sequenceVariant: ['SK', 'SP', 'MP'],
  scanOptions: ['IR', 'PFP'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'NORM', 'DIS2D'],
  inversionTime: 300,
  echoTime: 3.3,
  repetitionTime: 748,
  flipAngle: 25,
  triggerTime: 642,
  cardiacNumberOfImages: 1,
};
const SIEMENS_TIRM: KindHeader = {
  sequenceName: '*tir2d1_15',
  scanningSequence: ['SE', 'IR'],
  sequenceVariant: ['SK', 'SP', 'MP', 'OSP'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'NORM', 'DIS2D'],
  inversionTime: 170,
  echoTime: 47,
  repetitionTime: 1620,
  flipAngle: 180,
  triggerTime: 560,
};
const SIEMENS_MAP: KindHeader = {
  sequenceName: '*tfi2d1_35',
  scanningSequence: ['GR', 'IR'],
  sequenceVariant: ['SK', 'SS', 'MP'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND', 'NORM', 'MOCO'],
  inversionTime: 260,
  echoTime: 1.1,
  repetitionTime: 280,
  triggerTime: 590,
};
const GE_CINE: KindHeader = {
  scanningSequence: ['GR'],
  sequenceVariant: ['SS'],
  scanOptions: ['FAST_GEMS', 'SEQ_GEMS', 'CG'],
  imageType: ['ORIGINAL', 'PRIMARY', 'CARDIAC', 'NONE'],
  echoTime: 1.53,
  repetitionTime: 3.35,
  flipAngle: 45,
  inversionTime: 0,
  triggerTime: 634.6,
  cardiacNumberOfImages: 20,
};
const GE_MDE: KindHeader = {
  pulseSequenceName: 'fgre',
  scanningSequence: ['GR'],
  sequenceVariant: ['MP', 'SK'],
  scanOptions: ['FAST_GEMS', 'EDR_GEMS', 'CG', 'IRPREP'],
  imageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
  inversionTime: 225,
  echoTime: 2.1,
  repetitionTime: 5.5,
  triggerTime: 300,
  cardiacNumberOfImages: 1,
};
const GE_FSE: KindHeader = {
  pulseSequenceName: 'fse-xl',
  scanningSequence: ['SE', 'IR'],
  sequenceVariant: ['SK', 'OSP'],
  scanOptions: ['FAST_GEMS', 'EDR_GEMS', 'CG'],
  imageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
  echoTime: 59.3,
  repetitionTime: 1714,
  triggerTime: 500,
  cardiacNumberOfImages: 1,
};
const PHILIPS_CINE: KindHeader = {
  pulseSequenceName: 'B-TFE',
  scanningSequence: ['GR'],
  sequenceVariant: ['SK'],
  scanOptions: ['OTHER'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M_FFE', 'M', 'FFE'],
  echoTime: 1.4,
  repetitionTime: 2.8,
  flipAngle: 60,
  triggerTime: 214,
  cardiacNumberOfImages: 30,
  numberOfTemporalPositions: 1,
};
const PHILIPS_LGE: KindHeader = {
  pulseSequenceName: 'T1TFE',
  scanningSequence: ['GR'],
  sequenceVariant: ['MP'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M_IR', 'M', 'IR'],
  inversionTime: 280,
  echoTime: 3,
  repetitionTime: 6.1,
  triggerTime: 700,
  cardiacNumberOfImages: 1,
};
const PHILIPS_TSE: KindHeader = {
  pulseSequenceName: 'TSE',
  scanningSequence: ['SE'],
  sequenceVariant: ['SK'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M_SE', 'M', 'SE'],
  echoTime: 75,
  repetitionTime: 1800,
  triggerTime: 650,
  cardiacNumberOfImages: 1,
};
const CANON_CINE: KindHeader = {
  sequenceName: 'FFE2D_SSFP',
  scanningSequence: ['GR'],
  sequenceVariant: ['SS'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'NONE'],
  echoTime: 1.7,
  repetitionTime: 3.4,
  triggerTime: 100,
  cardiacNumberOfImages: 24,
};
const UIH_CINE: KindHeader = {
  sequenceName: 'gre_bssfp',
  scanningSequence: ['GR'],
  sequenceVariant: ['SS', 'SK'],
  imageType: ['ORIGINAL', 'PRIMARY', 'M'],
  echoTime: 1.5,
  repetitionTime: 3.2,
  triggerTime: 80,
  cardiacNumberOfImages: 25,
};

const cine: readonly HeaderRow[] = [
  siemens('cine', 'says cine and short axis', { ...SIEMENS_CINE, seriesDescription: 'cine_retro_tfi_SAX_stack' }),
  siemens('cine', 'one slice of a numbered stack', { ...SIEMENS_CINE, seriesDescription: 'CINE_segmented_SAX_b3' }),
  siemens('cine', 'SAX in one word with cine', { ...SIEMENS_CINE, seriesDescription: 'cineSAX_10sl' }),
  siemens('cine', 'balanced, retrospective', { ...SIEMENS_CINE, seriesDescription: 'CV_tf2d18_retro_iPAT@c SAX' }),
  siemens('cine', 'German short axis', { ...SIEMENS_CINE, seriesDescription: 'trufi_retro_kurze Achse' }),
  siemens('cine', 'German written without umlaut', { ...SIEMENS_CINE, seriesDescription: 'Funktion kurzachse Stapel' }),
  siemens('cine', 'number only, clear physics', { ...SIEMENS_CINE, seriesDescription: 'sax_12' }),
  siemens('cine', 'nothing but physics', { ...SIEMENS_CINE }),
  siemens('cine', 'stress is a state, not perfusion', {
    ...SIEMENS_CINE,
    seriesDescription: 'cine SAX Dobutamin stress',
  }),
  siemens('cine', 'spoiled gradient echo named cine', {
    ...SIEMENS_CINE,
    seriesDescription: 'cine_fl2d_SAX_flow_comp',
    sequenceName: '*fl2d13',
    sequenceVariant: ['SP', 'OSP'],
  }),
  siemens('cine', 'real time: no phases of a heart beat', {
    seriesDescription: 'realtime_cine_SAX_CS',
    sequenceName: '*tfi2d1_60',
    scanningSequence: ['GR'],
    sequenceVariant: ['SS'],
  }),
  siemens('cine', 'image number stripped, retrospective gating left', {
    ...SIEMENS_CINE,
    seriesDescription: 'SA stack',
    cardiacNumberOfImages: undefined,
  }),
  ge('cine', 'all descriptions empty, clear physics', { ...GE_CINE, seriesDescription: '', studyDescription: '' }),
  ge('cine', 'older software: OTHER instead of CARDIAC', { ...GE_CINE, imageType: ['ORIGINAL', 'PRIMARY', 'OTHER'] }),
  ge('cine', 'FIESTA', { ...GE_CINE, seriesDescription: 'SAX FIESTA' }),
  ge('cine', 'the protocol names the whole examination', {
    ...GE_CINE,
    seriesDescription: 'Short Axis FIESTA CINE',
    protocolName: 'CARDIAC localizer 4CH SAX MDE perfusion',
  }),
  ge('cine', 'French', { ...GE_CINE, seriesDescription: 'CINÉ PETIT AXE' }),
  ge('cine', 'Spanish, with de as a preposition', { ...GE_CINE, seriesDescription: 'Cine FIESTA de eje corto' }),
  ge('cine', 'description of nothing, clear physics', { ...GE_CINE, seriesDescription: 'Series 12' }),
  ge('cine', 'spelling with slash', { ...GE_CINE, seriesDescription: 'S/AX CINE FIESTA 12 SL' }),
  philips('cine', 'balanced, short axis', { ...PHILIPS_CINE, seriesDescription: 'sBTFE_BH_SA_M2D' }),
  philips('cine', 'spoiled gradient echo of many phases', {
    ...PHILIPS_CINE,
    seriesDescription: 'SA 10 slices',
    pulseSequenceName: 'FFE',
    sequenceVariant: ['SP'],
  }),
  philips('cine', 'dynamic, but cine', { ...PHILIPS_CINE, seriesDescription: 'Ciné dynamique petit axe' }),
  philips('cine', 'hyphenated', { ...PHILIPS_CINE, seriesDescription: 'B-TFE SAX' }),
  philips('cine', 'work in progress', { ...PHILIPS_CINE, seriesDescription: 'WIP Cine_SA_SENSE' }),
  philips('cine', 'Dutch', { ...PHILIPS_CINE, seriesDescription: 'Cine BTFE korte as' }),
  philips('cine', 'Italian, name from the sequence', { ...PHILIPS_CINE, seriesDescription: 'Funzione asse corto' }),
  philips('cine', 'only the protocol says it', { ...PHILIPS_CINE, seriesDescription: '', protocolName: 'CINE_SAX' }),
  philips('cine', 'Portuguese', { ...PHILIPS_CINE, seriesDescription: 'CINE EIXO CURTO' }),
  philips('cine', 'Swedish', { ...PHILIPS_CINE, seriesDescription: 'Cine kortaxel BTFE' }),
  canon('cine', 'Japanese characters', { ...CANON_CINE, seriesDescription: 'シネ 短軸' }),
  canon('cine', 'half-width kana', { ...CANON_CINE, seriesDescription: 'ｼﾈ SA' }),
  canon('cine', 'romaji', { ...CANON_CINE, seriesDescription: 'SSFP cine tanjiku' }),
  canon('cine', 'full-width letters', { ...CANON_CINE, seriesDescription: 'ＣＩＮＥ　ＳＡＸ' }),
  unitedImaging('cine', 'English', { ...UIH_CINE, seriesDescription: 'cine_bssfp_sax_bh' }),
  unitedImaging('cine', 'Chinese', { ...UIH_CINE, seriesDescription: '电影_短轴位' }),
  anonymous('cine', 'everything but the description was removed', { seriesDescription: 'CINE SAX' }),
];

const lge: readonly HeaderRow[] = [
  siemens('LGE', 'PSIR', { ...SIEMENS_LGE, seriesDescription: 'LGE_psir_SAX' }),
  siemens('LGE', 'the magnitude of a PSIR', { ...SIEMENS_LGE, seriesDescription: 'de_tfl_psir_SAX_MAG' }),
  siemens('LGE', 'the phase-sensitive image, though a phase image', {
    ...SIEMENS_LGE,
    seriesDescription: 'de_tfl_psir_SAX_PSIR',
    imageType: ['ORIGINAL', 'PRIMARY', 'P', 'PSIR', 'NORM'],
  }),
  siemens('LGE', 'balanced read-out, motion-corrected, DERIVED', {
    ...SIEMENS_LGE,
    seriesDescription: 'LGE_trufi_psir_MOCO_SAX',
    sequenceName: '*tfi2d1_45',
    sequenceVariant: ['SK', 'SS', 'MP'],
    imageType: ['DERIVED', 'PRIMARY', 'M', 'MOCO', 'NORM'],
  }),
  siemens('LGE', 'with its inversion time', { ...SIEMENS_LGE, seriesDescription: 'LGE_SAX_TI 300' }),
  siemens('LGE', 'two letters and an inversion', { ...SIEMENS_LGE, seriesDescription: 'DE_high-res_sax' }),
  siemens('LGE', 'German: late images', { ...SIEMENS_LGE, seriesDescription: 'Spätaufnahmen kurze Achse' }),
  siemens('LGE', 'no description, cardiac study, clear physics', {
    ...SIEMENS_LGE,
    studyDescription: 'Herz^Vitalität',
  }),
  ge('LGE', 'MDE', { ...GE_MDE, seriesDescription: 'SAX MDE' }),
  ge('LGE', 'PSMDE', { ...GE_MDE, seriesDescription: '2D PSMDE SA' }),
  ge('LGE', 'Del Enh with the inversion time', { ...GE_MDE, seriesDescription: 'SC 2DDel Enh 250 SA' }),
  ge('LGE', 'Spanish', { ...GE_MDE, seriesDescription: 'REALCE TARDÍO EJE CORTO' }),
  philips('LGE', 'PSIR_TFE', { ...PHILIPS_LGE, seriesDescription: 'PSIR_TFE_BH SA' }),
  philips('LGE', '3D LGE', { ...PHILIPS_LGE, seriesDescription: 'WIP 3D_LGE_SAX', mrAcquisitionType: '3D' }),
  philips('LGE', 'French', { ...PHILIPS_LGE, seriesDescription: 'Rehaussement tardif petit axe' }),
  philips('LGE', 'Italian', { ...PHILIPS_LGE, seriesDescription: 'IR_TFE asse corto tardivo' }),
  philips('LGE', 'viability', { ...PHILIPS_LGE, seriesDescription: 'IR-TFE viability SA' }),
  canon('LGE', 'Japanese', { seriesDescription: '遅延造影 短軸', scanningSequence: ['GR'], inversionTime: 280 }),
  unitedImaging('LGE', 'English', {
    seriesDescription: 'lge_psir_sax',
    sequenceName: 'gre_psir',
    scanningSequence: ['GR', 'IR'],
  }),
  unitedImaging('LGE', 'Chinese', { seriesDescription: '延迟强化 短轴 相位敏感', scanningSequence: ['GR', 'IR'] }),
  anonymous('LGE', 'everything but the description was removed', {
    seriesDescription: 'Delayed enhancement short axis',
  }),
];

const t2: readonly HeaderRow[] = [
  siemens('T2', 'TIRM', { ...SIEMENS_TIRM, seriesDescription: 't2_tirm_SAX_dark blood' }),
  siemens('T2', 'TSE', {
    ...SIEMENS_TIRM,
    seriesDescription: 'T2_tse_db_SAX',
    sequenceName: '*tse2d1_15',
    scanningSequence: ['SE'],
    inversionTime: undefined,
    echoTime: 76,
  }),
  siemens('T2', 'prepared balanced read-out', {
    seriesDescription: 'T2prep_trufi_SAX',
    sequenceName: '*tfi2d1_65',
    scanningSequence: ['GR'],
    sequenceVariant: ['SK', 'SS'],
    echoTime: 1.4,
    triggerTime: 600,
  }),
  siemens('T2', 'German oedema', { ...SIEMENS_TIRM, seriesDescription: 'Ödem TIRM kurze Achse' }),
  siemens('T2', 'no description, cardiac study, long echo time', {
    ...SIEMENS_TIRM,
    echoTime: 65,
    studyDescription: 'Cardiac^Myocarditis',
  }),
  ge('T2', 'triple inversion', { ...GE_FSE, seriesDescription: 'SAX TRIR' }),
  ge('T2', 'double inversion with T2 in the name', { ...GE_FSE, seriesDescription: 'T2 FSE DIR SA BH' }),
  philips('T2', 'STIR', { ...PHILIPS_TSE, seriesDescription: 'STIR_BB_SA' }),
  philips('T2', 'black blood TSE', { ...PHILIPS_TSE, seriesDescription: 'T2W_BB_TSE SAX' }),
  philips('T2', 'SPAIR, French', { ...PHILIPS_TSE, seriesDescription: 'T2 SPAIR petit axe' }),
  canon('T2', 'Japanese', { ...PHILIPS_TSE, pulseSequenceName: undefined, seriesDescription: 'T2 BB 短軸' }),
  unitedImaging('T2', 'STIR', {
    ...PHILIPS_TSE,
    pulseSequenceName: undefined,
    seriesDescription: 't2_stir_fse_sax_bb',
  }),
  anonymous('T2', 'everything but the description was removed', { seriesDescription: 'T2w STIR SAX' }),
];

const otherPlanes: readonly HeaderRow[] = [
  siemens('other', 'cine in a long axis', { ...SIEMENS_CINE, seriesDescription: 'cine_retro_4ch' }),
  siemens('other', 'chamber view, abbreviated', { ...SIEMENS_CINE, seriesDescription: 'CINE_segmented_LAX_2Ch' }),
  siemens('other', 'German four chambers', { ...SIEMENS_CINE, seriesDescription: 'trufi Vierkammerblick' }),
  siemens('other', 'German abbreviation', { ...SIEMENS_CINE, seriesDescription: 'cine 4KB' }),
  siemens('other', 'outflow tract', { ...SIEMENS_CINE, seriesDescription: 'cine_LVOT' }),
  siemens('other', 'long-axis LGE', { ...SIEMENS_LGE, seriesDescription: 'LGE_psir_3CV' }),
  siemens('other', 'long-axis T2', { ...SIEMENS_TIRM, seriesDescription: 't2_tirm_4-chamber' }),
  siemens('other', 'axial stack', { ...SIEMENS_CINE, seriesDescription: 'cine_tra_stack' }),
  siemens('other', 'aortic valve', { ...SIEMENS_CINE, seriesDescription: 'cine AoV SAX' }),
  ge('other', 'long axis', { ...GE_CINE, seriesDescription: 'SSFP-CINE LAx' }),
  ge('other', 'French chambers', { ...GE_CINE, seriesDescription: 'CINE 4 CAVITES' }),
  ge('other', 'French long axis', { ...GE_CINE, seriesDescription: 'FIESTA grand axe' }),
  ge('other', 'number of chambers, one letter', { ...GE_MDE, seriesDescription: 'SC 2DDel Enh 250 2 C' }),
  philips('other', 'Spanish', { ...PHILIPS_CINE, seriesDescription: 'BTFE 4 cámaras' }),
  philips('other', 'Italian', { ...PHILIPS_CINE, seriesDescription: 'BTFE asse lungo' }),
  philips('other', 'Dutch', { ...PHILIPS_CINE, seriesDescription: 'Cine lange as' }),
  philips('other', 'short and long axis under one name', { ...PHILIPS_CINE, seriesDescription: 'Cine SAX + LAX' }),
  canon('other', 'Japanese long axis', { ...CANON_CINE, seriesDescription: 'シネ 長軸' }),
  unitedImaging('other', 'Chinese four chambers', { ...UIH_CINE, seriesDescription: '电影_四腔心' }),
];

const misleading: readonly HeaderRow[] = [
  siemens('other', 'an LGE scout', { ...SIEMENS_LGE, seriesDescription: 'LGE_scout_SAX' }),
  siemens('other', 'TI scout', { ...SIEMENS_LGE, seriesDescription: 'TI_scout_SAX', cardiacNumberOfImages: 30 }),
  siemens('other', 'TI scout that is named LGE', {
    ...SIEMENS_LGE,
    seriesDescription: 'LGE SAX',
    cardiacNumberOfImages: 32,
  }),
  siemens('other', 'a T1 map named T2', {
    ...SIEMENS_MAP,
    seriesDescription: 'T2 SAX',
    imageType: ['DERIVED', 'PRIMARY', 'M', 'T1 MAP', 'MOCO'],
  }),
  siemens('other', 'a T1 map named T2: the protocol says it', {
    ...SIEMENS_MAP,
    seriesDescription: 'T2 SAX',
    protocolName: 'T1_MOLLI_sax_native',
  }),
  siemens('other', 'a T1 map named T2: only physics says it', { ...SIEMENS_MAP, seriesDescription: 'T2 SAX' }),
  siemens('other', 'source images of a map, no description', { ...SIEMENS_MAP, studyDescription: 'Herz' }),
  siemens('other', 'MOLLI', { ...SIEMENS_MAP, seriesDescription: 'MOLLI_192i_5(3)3_SAX_MOCO' }),
  siemens('other', 'T2 map', { ...SIEMENS_MAP, scanningSequence: ['GR'], seriesDescription: 'T2Map_FLASH_SAX' }),
  siemens('other', 'ECV', { ...SIEMENS_MAP, seriesDescription: 'ECV_SAX_mid' }),
  siemens('other', 'T2*', { seriesDescription: 'T2*_SAX_12echo', scanningSequence: ['GR'], sequenceName: '*fl2d12' }),
  siemens('other', 'T2 star in words', { seriesDescription: 't2star_sax_db', scanningSequence: ['GR'] }),
  siemens('other', 'first pass', {
    seriesDescription: 'perf_tfl_stress_SAX',
    sequenceName: '*tfl2d1_70',
    scanningSequence: ['GR'],
    inversionTime: 110,
    cardiacNumberOfImages: 1,
  }),
  siemens('other', 'first pass that only says stress', {
    seriesDescription: 'STRESS SAX',
    sequenceName: '*tfl2d1_70',
    scanningSequence: ['GR'],
    sequenceVariant: ['SP', 'MP'],
    inversionTime: 110,
  }),
  siemens('other', 'flow, by the name of the sequence', {
    ...SIEMENS_CINE,
    seriesDescription: 'cine retro through plane',
    sequenceName: '*fl2d1_v150in',
    sequenceVariant: ['SP'],
  }),
  siemens('other', 'the phase image of a flow measurement', {
    ...SIEMENS_CINE,
    seriesDescription: 'cine SAX_P',
    imageType: ['ORIGINAL', 'PRIMARY', 'P', 'RETRO', 'DIS2D'],
  }),
  siemens('other', '4D flow', {
    seriesDescription: '4D_flow_WIP_sag',
    sequenceName: 'fl3d1_v150fh',
    cardiacNumberOfImages: 20,
  }),
  siemens('other', 'tagging', { ...SIEMENS_CINE, seriesDescription: 'cine_grid_tag_SAX', sequenceVariant: ['SP'] }),
  siemens('other', 'DENSE', { ...SIEMENS_CINE, seriesDescription: 'cine DENSE sax' }),
  siemens('other', 'dark-blood HASTE', {
    seriesDescription: 'haste_dark-blood_sax',
    sequenceName: '*h2d1_256',
    scanningSequence: ['SE'],
    echoTime: 60,
    triggerTime: 500,
  }),
  siemens('other', 'localizer, balanced', {
    seriesDescription: 'trufi_loc_multi_SAX',
    scanningSequence: ['GR'],
    sequenceVariant: ['SS'],
  }),
  siemens('other', 'time-resolved angiography', { seriesDescription: 'TWIST_tra_dyn', scanningSequence: ['GR'] }),
  siemens('other', 'coronary arteries, T2-prepared', {
    seriesDescription: 't2prep_trufi_whole heart_nav',
    mrAcquisitionType: '3D',
    scanningSequence: ['GR'],
    triggerTime: 500,
  }),
  siemens('other', 'single-shot balanced stack without phases', {
    seriesDescription: 'trufi_SAX_bh',
    sequenceName: '*tfi2d1_128',
    scanningSequence: ['GR'],
    sequenceVariant: ['SK', 'SS'],
    triggerTime: 400,
  }),
  siemens('other', 'T1-weighted spin echo', { ...SIEMENS_TIRM, seriesDescription: 't1_tse_db_SAX', echoTime: 7.5 }),
  siemens('other', 'T2 of the brain', {
    seriesDescription: 't2_tse_320',
    scanningSequence: ['SE'],
    echoTime: 100,
    repetitionTime: 5000,
    bodyPartExamined: 'BRAIN',
  }),
  siemens('other', 'maximum intensity projection', {
    seriesDescription: 'SAX cine MIP',
    imageType: ['DERIVED', 'SECONDARY', 'MIP'],
  }),
  siemens('other', 'a multi-planar reformat that kept its name', {
    ...SIEMENS_LGE,
    seriesDescription: 'LGE 3D SAX',
    imageType: ['DERIVED', 'SECONDARY', 'MPR', 'CSA MPR'],
  }),
  siemens('other', 'screenshot', {
    ...SIEMENS_CINE,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.7',
    seriesDescription: 'cine SAX',
    imageType: ['DERIVED', 'SECONDARY', 'SCREEN SAVE'],
  }),
  ge('other', 'scout', {
    seriesDescription: 'SCOUT',
    scanningSequence: ['GR'],
    sequenceVariant: ['SS'],
    scanOptions: ['FAST_GEMS', 'SEQ_GEMS'],
    cardiacNumberOfImages: 0,
  }),
  ge('other', 'Cine IR is an inversion-time scout', {
    ...GE_CINE,
    seriesDescription: 'CINE IR SAX',
    inversionTime: 100,
  }),
  ge('other', 'cine with an inversion and nothing said', { ...GE_CINE, seriesDescription: 'SAX', inversionTime: 150 }),
  ge('other', 'first pass as time course', {
    seriesDescription: 'FGRE TC SA',
    scanningSequence: ['GR'],
    sequenceVariant: ['MP'],
    cardiacNumberOfImages: 1,
  }),
  ge('other', 'flow', { ...GE_CINE, seriesDescription: 'Fast Cine PC', pulseSequenceName: 'fastpc' }),
  ge('other', 'flow by pulse sequence name only', {
    ...GE_CINE,
    seriesDescription: 'SAX',
    pulseSequenceName: 'fastcinepc',
    sequenceVariant: ['SP'],
  }),
  ge('other', 'LAVA', { seriesDescription: 'LAVA SAX +C', scanningSequence: ['GR'], mrAcquisitionType: '3D' }),
  ge('other', 'SSFSE', { ...GE_FSE, seriesDescription: 'SSFSE T2 SA', pulseSequenceName: 'ssfse' }),
  ge('other', 'double inversion without a weighting in its name and a short echo time', {
    ...GE_FSE,
    seriesDescription: 'DIR SAX',
    echoTime: 42,
  }),
  ge('other', 'tagged gradient echo', { ...GE_CINE, seriesDescription: 'SAX tagging', sequenceVariant: ['SP'] }),
  philips('other', 'survey', { ...PHILIPS_CINE, seriesDescription: 'sBTFE survey', cardiacNumberOfImages: 1 }),
  philips('other', 'Look-Locker', { ...PHILIPS_LGE, seriesDescription: 'Look-Locker SA', cardiacNumberOfImages: 40 }),
  philips('other', 'Look-Locker in one word, named LGE', { ...PHILIPS_LGE, seriesDescription: 'LGE LookLocker' }),
  philips('other', 'quantitative flow', {
    ...PHILIPS_CINE,
    seriesDescription: 'QFLOW SA',
    imageType: ['ORIGINAL', 'PRIMARY', 'PHASE CONTRAST M', 'P', 'PCA'],
  }),
  philips('other', 'flow by Image Type only', {
    ...PHILIPS_CINE,
    seriesDescription: 'WIP SA cine',
    imageType: ['ORIGINAL', 'PRIMARY', 'VELOCITY MAP', 'P', 'PCA'],
  }),
  philips('other', 'CSPAMM', { ...PHILIPS_CINE, seriesDescription: 'CSPAMM_SA' }),
  philips('other', 'dynamic balanced perfusion', {
    ...PHILIPS_CINE,
    seriesDescription: 'dyn_sBTFE SA',
    cardiacNumberOfImages: 1,
  }),
  philips('other', 'T2 map from a GraSE', { ...PHILIPS_TSE, seriesDescription: 'T2map GraSE SA' }),
  philips('other', 'proton density', { ...PHILIPS_TSE, seriesDescription: 'PD_BB_SA', echoTime: 20 }),
  philips('other', 'diffusion', { seriesDescription: 'DWI SA', scanningSequence: ['SE', 'EP'], echoTime: 80 }),
  philips('other', 'fetal cine', { ...PHILIPS_CINE, seriesDescription: 'cine fetal heart' }),
  canon('other', 'Japanese localizer', { ...CANON_CINE, seriesDescription: '位置決め SA' }),
  unitedImaging('other', 'Chinese localizer', { ...UIH_CINE, seriesDescription: '定位像' }),
  unitedImaging('other', 'Chinese perfusion', { seriesDescription: '首过灌注_短轴', scanningSequence: ['GR'] }),
  siemens('other', 'a reformat that calls itself primary', {
    ...SIEMENS_CINE,
    seriesDescription: 'cine SAX',
    imageType: ['DERIVED', 'PRIMARY', 'MPR'],
  }),
  siemens('other', 'single-shot spin echo, by the name of the sequence', {
    seriesDescription: 'T2 db SAX',
    sequenceName: '*h2d1_208',
    scanningSequence: ['SE'],
    echoTime: 61,
    triggerTime: 480,
  }),
  siemens('other', 'echo-planar', { seriesDescription: 'SAX cine EPI', scanningSequence: ['GR', 'EP'] }),
  philips('other', 'localizer by Image Type only', {
    ...PHILIPS_CINE,
    seriesDescription: 'BTFE SA',
    imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER', 'NONE'],
  }),
  philips('other', 'perfusion by Image Type only', {
    ...PHILIPS_CINE,
    seriesDescription: 'SA 3 slices',
    imageType: ['ORIGINAL', 'PRIMARY', 'PERFUSION', 'NONE'],
  }),
  ge('other', 'tagging by pulse sequence name only', {
    ...GE_CINE,
    seriesDescription: 'SAX',
    pulseSequenceName: 'fgretag',
  }),
  anonymous('other', 'nothing is known', {}),
  anonymous('other', 'short axis of what?', { seriesDescription: 'SAX' }),
  anonymous('T2', 'no physics left: the name is all there is', { seriesDescription: 'T2 SAX' }),
  anonymous('other', 'T2, but a long axis', { seriesDescription: 'T2 4ch' }),
  anonymous('other', 'a map, whatever it is called besides', { seriesDescription: 'T2 map SAX' }),
  anonymous('cine', 'no physics left: a balanced short axis', { seriesDescription: 'bSSFP sax' }),
  anonymous('other', 'T2 of what? neither a spin echo nor a prepared read-out', {
    seriesDescription: 'T2 SAX',
    scanningSequence: ['GR'],
    sequenceVariant: ['SP'],
  }),
  anonymous('other', 'not MR', {
    modality: 'CT',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    seriesDescription: 'CINE SAX',
  }),
  anonymous('other', 'spectroscopy', { sopClassUid: '1.2.840.10008.5.1.4.1.1.4.2', seriesDescription: 'cine SAX' }),
  anonymous('other', 'medicine is not cine', { seriesDescription: 'Nuclear medicine SAX', scanningSequence: ['GR'] }),
];

export const HEADER_TABLE: readonly HeaderRow[] = [...cine, ...lge, ...t2, ...otherPlanes, ...misleading];
