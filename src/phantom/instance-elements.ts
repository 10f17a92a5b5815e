import { formatDecimalString } from '../core/attributes/decimal-string.ts';
import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { Element } from './encode-data-set.ts';
import { phantomUid } from './phantom-uid.ts';
import type { ScanProtocol } from './scan-protocol.ts';

export const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';

/** Everything about one made-up instance but its bytes. */
export interface InstanceFacts {
  readonly study: string;
  readonly subject: string;
  readonly series: string;
  readonly seriesNumber: number;
  readonly description: string;
  readonly protocol: ScanProtocol;
  /** As the header says; it need not be true. */
  readonly plane: ImagePlane;
  readonly phaseEncodingAlongColumns: boolean;
  readonly instanceNumber: number;
  readonly imagesInAcquisition: number;
  readonly sliceLocation: number;
  readonly sliceSpacing: number;
  readonly phaseIndex: number;
  readonly phases: number;
  readonly phase: number;
  readonly heartRate: number;
  /** Stored values, row by row. */
  readonly samples: Uint16Array;
}

export interface InstanceUids {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

export function instanceUids({
  study,
  series,
  instanceNumber,
}: Pick<InstanceFacts, 'study' | 'series' | 'instanceNumber'>): InstanceUids {
  return {
    studyInstanceUid: phantomUid(`study ${study}`),
    seriesInstanceUid: phantomUid(`series ${study} ${series}`),
    sopInstanceUid: phantomUid(`instance ${study} ${series} ${instanceNumber}`),
  };
}

/** The attributes of an MR Image (PS3.3 A.4.3), and private ones of a made-up creator, in no order. */
export function instanceElements(facts: InstanceFacts): readonly Element[] {
  return [
    ...patientAndStudy(facts),
    ...seriesAndEquipment(facts),
    ...acquisition(facts),
    ...cardiac(facts),
    ...geometry(facts),
    ...pixels(facts),
    ...privateElements(facts),
  ];
}

function patientAndStudy(facts: InstanceFacts): Element[] {
  return [
    text(0x00080005, 'CS', 'ISO_IR 100'),
    text(0x00080020, 'DA', STUDY_DATE),
    text(0x00080030, 'TM', '091500'),
    text(0x00080050, 'SH', ''),
    text(0x00080090, 'PN', ''),
    text(0x00081030, 'LO', 'Cardiac MR phantom'),
    text(0x00100010, 'PN', 'Phantom^Demo'),
    text(0x00100020, 'LO', `PHANTOM-${facts.subject}`.slice(0, 64)),
    text(0x00100030, 'DA', ''),
    text(0x00100040, 'CS', 'O'),
    text(0x00101010, 'AS', '050Y'),
    text(0x00101030, 'DS', '75'),
    text(0x0020000d, 'UI', instanceUids(facts).studyInstanceUid),
    text(0x00200010, 'SH', '1'),
  ];
}

const STUDY_DATE = '20240229';

function seriesAndEquipment(facts: InstanceFacts): Element[] {
  const time = seriesTime(facts);
  return [
    text(0x00080008, 'CS', ...facts.protocol.imageType),
    text(0x00080016, 'UI', MR_IMAGE_STORAGE),
    text(0x00080018, 'UI', instanceUids(facts).sopInstanceUid),
    text(0x00080021, 'DA', STUDY_DATE),
    text(0x00080022, 'DA', STUDY_DATE),
    text(0x00080023, 'DA', STUDY_DATE),
    text(0x00080031, 'TM', time),
    text(0x00080032, 'TM', time),
    text(0x00080033, 'TM', time),
    text(0x00080060, 'CS', 'MR'),
    text(0x00080070, 'LO', 'Made-up Magnets'),
    text(0x00080080, 'LO', 'Phantom Hospital'),
    text(0x00081010, 'SH', 'PHANTOM1'),
    text(0x0008103e, 'LO', facts.description),
    text(0x00081090, 'LO', 'Phantom 1.5'),
    text(0x00180015, 'CS', 'HEART'),
    text(0x00181000, 'LO', '0001'),
    text(0x00181020, 'LO', 'phantom 1'),
    text(0x00181030, 'LO', facts.description),
    text(0x00185100, 'CS', 'HFS'),
    text(0x0020000e, 'UI', instanceUids(facts).seriesInstanceUid),
    text(0x00200011, 'IS', String(facts.seriesNumber)),
    text(0x00200012, 'IS', '1'),
    text(0x00200013, 'IS', String(facts.instanceNumber)),
    text(0x00200052, 'UI', phantomUid(`frame of reference ${facts.study}`)),
    text(0x00201040, 'LO', ''),
  ];
}

function acquisition({ protocol, plane, phaseEncodingAlongColumns: alongColumns, ...facts }: InstanceFacts): Element[] {
  const { rows, columns } = plane;
  return [
    text(0x00180020, 'CS', ...protocol.scanningSequence),
    text(0x00180021, 'CS', ...protocol.sequenceVariant),
    text(0x00180022, 'CS', ...protocol.scanOptions),
    text(0x00180023, 'CS', '2D'),
    text(0x00180024, 'SH', protocol.sequenceName),
    decimal(0x00180050, protocol.thicknessMm),
    decimal(0x00180080, protocol.repetitionTime),
    decimal(0x00180081, protocol.echoTime),
    ...(protocol.inversionTime === undefined ? [] : [decimal(0x00180082, protocol.inversionTime)]),
    text(0x00180083, 'DS', '1'),
    text(0x00180084, 'DS', '63.87'),
    text(0x00180085, 'SH', '1H'),
    text(0x00180087, 'DS', '1.5'),
    decimal(0x00180088, facts.sliceSpacing),
    text(0x00180091, 'IS', String(protocol.echoTrainLength)),
    text(0x00181250, 'SH', 'Torso 18'),
    // Frequency rows, frequency columns, phase rows, phase columns (PS3.3 C.8.3.1).
    { tag: 0x00181310, vr: 'US', value: { shorts: alongColumns ? [0, columns, rows, 0] : [rows, 0, 0, columns] } },
    text(0x00181312, 'CS', alongColumns ? 'COL' : 'ROW'),
    decimal(0x00181314, protocol.flipAngle),
    text(0x00201002, 'IS', String(facts.imagesInAcquisition)),
  ];
}

function cardiac({ phaseIndex, phases, phase, heartRate }: InstanceFacts): Element[] {
  const interval = Math.round(60_000 / heartRate);
  const temporal =
    phases > 1 ? [text(0x00200100, 'IS', String(phaseIndex + 1)), text(0x00200105, 'IS', String(phases))] : [];
  return [
    decimal(0x00181060, Math.round(phase * interval * 10) / 10),
    text(0x00181062, 'IS', String(interval)),
    text(0x00181088, 'IS', String(heartRate)),
    text(0x00181090, 'IS', String(phases)),
    ...temporal,
  ];
}

function geometry({ plane, sliceLocation }: InstanceFacts): Element[] {
  return [
    decimal(0x00200032, ...plane.imagePositionPatient),
    decimal(0x00200037, ...plane.rowCosines, ...plane.columnCosines),
    decimal(0x00201041, Math.round(sliceLocation * 1000) / 1000),
    decimal(0x00280030, plane.rowSpacingMm, plane.columnSpacingMm),
  ];
}

function pixels({ plane, samples }: InstanceFacts): Element[] {
  let smallest = samples[0]!;
  let largest = smallest;
  for (const sample of samples) {
    smallest = Math.min(smallest, sample);
    largest = Math.max(largest, sample);
  }
  return [
    short(0x00280002, 1),
    text(0x00280004, 'CS', 'MONOCHROME2'),
    short(0x00280010, plane.rows),
    short(0x00280011, plane.columns),
    short(0x00280100, 16),
    short(0x00280101, 12),
    short(0x00280102, 11),
    short(0x00280103, 0),
    short(0x00280106, smallest),
    short(0x00280107, largest),
    decimal(0x00281050, Math.round(largest * 0.35)),
    decimal(0x00281051, Math.max(1, Math.round(largest * 0.7))),
    { tag: 0x7fe00010, vr: 'OW', value: { bytes: littleEndian(samples) } },
  ];
}

/** Of a creator that nobody knows: text, bytes of no meaning, numbers and a sequence, all of which must come through. */
function privateElements({ instanceNumber, plane, description }: InstanceFacts): Element[] {
  const noise = Uint8Array.from({ length: 38 }, (_, i) => (i * 37 + instanceNumber * 11) & 0xff);
  return [
    text(0x00290010, 'LO', 'MADE-UP MAGNETS 01'),
    text(0x00291001, 'LO', `raw ${description}`.slice(0, 64)),
    { tag: 0x00291002, vr: 'OB', value: { bytes: noise } },
    decimal(0x00291003, ...plane.imagePositionPatient),
    {
      tag: 0x00291004,
      vr: 'SQ',
      value: { items: [[text(0x00290010, 'LO', 'MADE-UP MAGNETS 01'), text(0x00291005, 'SH', 'coil 7')]] },
    },
  ];
}

function seriesTime({ seriesNumber }: InstanceFacts): string {
  return `09${String(20 + (seriesNumber % 40)).padStart(2, '0')}00`;
}

function littleEndian(samples: Uint16Array): Uint8Array {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let i = 0; i < samples.length; i++) bytes.writeUInt16LE(samples[i]!, 2 * i);
  return bytes;
}

function text(tag: number, vr: string, ...values: readonly string[]): Element {
  return { tag, vr, value: { text: values } };
}

function decimal(tag: number, ...values: readonly number[]): Element {
  return text(tag, 'DS', ...values.map(formatDecimalString));
}

function short(tag: number, value: number): Element {
  return { tag, vr: 'US', value: { shorts: [value] } };
}
