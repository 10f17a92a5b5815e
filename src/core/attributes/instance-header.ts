import type { ImagePlane, PlaneFault } from '../geometry/image-plane.ts';
import type { KindHeader } from '../series/kind-header.ts';
import { type AttributeReader, firstDecimal, firstString } from './attribute-reader.ts';
import { isPlaneFault, readImagePlane } from './read-plane.ts';
import { type Keyword, tagOf } from './tags.ts';
import { type TurnFault, turnFault } from './turnable.ts';

/** What series tracking and deciding need of one instance; small, and free of patient data. */
export interface InstanceHeader {
  /** UIDs as they are in the data set; empty where they are missing. */
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid?: string;
  readonly plane?: ImagePlane;
  readonly planeFault?: PlaneFault;
  /** Why this instance must not or cannot be turned, apart from its geometry. */
  readonly turnFault?: TurnFault;
  readonly acquisitionNumber?: number;
  readonly imagesInAcquisition?: number;
  readonly kindHeader: KindHeader;
  /** Attributes with values that the standard does not allow; forwarded as they are. */
  readonly invalidAttributes: readonly string[];
}

/** Reads what is needed of a data set in any encoding; `encodingFault` is given where its pixels cannot be turned. */
export function readInstanceHeader(reader: AttributeReader, encodingFault?: TurnFault): InstanceHeader {
  const uid = (keyword: Keyword): string => firstString(reader, tagOf(keyword)) ?? '';
  const plane = readImagePlane(reader);
  const fault = encodingFault ?? identityFault(reader) ?? turnFault(reader);
  const frameOfReferenceUid = uid('FrameOfReferenceUID');
  const acquisitionNumber = firstDecimal(reader, tagOf('AcquisitionNumber'));
  const imagesInAcquisition = firstDecimal(reader, tagOf('ImagesInAcquisition'));
  return {
    sopClassUid: uid('SOPClassUID'),
    sopInstanceUid: uid('SOPInstanceUID'),
    studyInstanceUid: uid('StudyInstanceUID'),
    seriesInstanceUid: uid('SeriesInstanceUID'),
    ...(frameOfReferenceUid === '' ? {} : { frameOfReferenceUid }),
    ...(isPlaneFault(plane) ? { planeFault: plane } : { plane }),
    ...(fault === undefined ? {} : { turnFault: fault }),
    ...(acquisitionNumber === undefined ? {} : { acquisitionNumber }),
    ...(imagesInAcquisition === undefined ? {} : { imagesInAcquisition }),
    kindHeader: readKindHeader(reader),
    invalidAttributes: invalidAttributes(reader),
  };
}

const IDENTITY = ['SOPInstanceUID', 'SeriesInstanceUID', 'StudyInstanceUID'] as const;

/** Without its three UIDs nobody can say what an instance belongs to; a leading zero in a component is harmless. */
function identityFault(reader: AttributeReader): TurnFault | undefined {
  for (const attribute of IDENTITY) {
    const uid = firstString(reader, tagOf(attribute));
    if (uid === undefined) return { attribute, fault: 'is missing or empty' };
    if (!/^(?=.{1,64}$)\d+(\.\d+)*$/.test(uid)) return { attribute, fault: 'is not a UID' };
  }
  return undefined;
}

const VALID_UID = /^(?=.{1,64}$)(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/;
const UIDS = [...IDENTITY, 'SOPClassUID', 'FrameOfReferenceUID'] as const;

function invalidAttributes(reader: AttributeReader): string[] {
  return UIDS.filter((keyword) => {
    const uid = firstString(reader, tagOf(keyword));
    return uid !== undefined && !VALID_UID.test(uid);
  });
}

function readKindHeader(reader: AttributeReader): KindHeader {
  const text = (keyword: Keyword): string | undefined => reader.strings(tagOf(keyword))?.join('\\') || undefined;
  const number = (keyword: Keyword): number | undefined => firstDecimal(reader, tagOf(keyword));
  const codes = (keyword: Keyword): readonly string[] | undefined => reader.strings(tagOf(keyword));
  return {
    modality: text('Modality'),
    sopClassUid: text('SOPClassUID'),
    manufacturer: text('Manufacturer'),
    studyDescription: text('StudyDescription'),
    seriesDescription: text('SeriesDescription'),
    protocolName: text('ProtocolName'),
    sequenceName: text('SequenceName'),
    pulseSequenceName: text('PulseSequenceName') ?? gePulseSequenceName(reader),
    bodyPartExamined: text('BodyPartExamined'),
    mrAcquisitionType: text('MRAcquisitionType'),
    imageType: codes('ImageType'),
    scanningSequence: codes('ScanningSequence'),
    sequenceVariant: codes('SequenceVariant'),
    scanOptions: codes('ScanOptions'),
    inversionTime: number('InversionTime'),
    echoTime: number('EchoTime'),
    repetitionTime: number('RepetitionTime'),
    flipAngle: number('FlipAngle'),
    triggerTime: number('TriggerTime'),
    cardiacNumberOfImages: number('CardiacNumberOfImages'),
    numberOfTemporalPositions: number('NumberOfTemporalPositions'),
  };
}

/** GE names the pulse sequence in (0019,xx9C) of its private block. */
function gePulseSequenceName(reader: AttributeReader): string | undefined {
  const block = reader.tags.find(
    (tag) => tag >= 0x00190010 && tag <= 0x001900ff && reader.strings(tag)?.[0] === 'GEMS_ACQU_01',
  );
  return block === undefined ? undefined : firstString(reader, 0x00190000 + (block & 0xff) * 0x100 + 0x9c);
}
