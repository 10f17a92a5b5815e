/**
 * The attributes of a series by which its sequence kind is told. Everything may be missing. Names are DICOM keywords in
 * camelCase; `pulseSequenceName` is GE's (0019,109C) or the enhanced Pulse Sequence Name (0018,9005).
 */
export interface KindHeader {
  readonly modality?: string | undefined;
  readonly sopClassUid?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly studyDescription?: string | undefined;
  readonly seriesDescription?: string | undefined;
  readonly protocolName?: string | undefined;
  readonly sequenceName?: string | undefined;
  readonly pulseSequenceName?: string | undefined;
  readonly bodyPartExamined?: string | undefined;
  readonly mrAcquisitionType?: string | undefined;
  readonly imageType?: readonly string[] | undefined;
  readonly scanningSequence?: readonly string[] | undefined;
  readonly sequenceVariant?: readonly string[] | undefined;
  readonly scanOptions?: readonly string[] | undefined;
  readonly inversionTime?: number | undefined;
  readonly echoTime?: number | undefined;
  readonly repetitionTime?: number | undefined;
  readonly flipAngle?: number | undefined;
  readonly triggerTime?: number | undefined;
  readonly cardiacNumberOfImages?: number | undefined;
  readonly numberOfTemporalPositions?: number | undefined;
}

/** `label` and `sequence` are several attributes read as one: see `textsOf`. */
export const TEXT_ATTRIBUTES = [
  'label',
  'sequence',
  'modality',
  'sopClassUid',
  'manufacturer',
  'studyDescription',
  'seriesDescription',
  'protocolName',
  'sequenceName',
  'pulseSequenceName',
  'bodyPartExamined',
  'mrAcquisitionType',
] as const;
export const CODE_ATTRIBUTES = ['imageType', 'scanningSequence', 'sequenceVariant', 'scanOptions'] as const;
export const NUMBER_ATTRIBUTES = [
  'inversionTime',
  'echoTime',
  'repetitionTime',
  'flipAngle',
  'triggerTime',
  'cardiacNumberOfImages',
  'numberOfTemporalPositions',
] as const;
export type TextAttribute = (typeof TEXT_ATTRIBUTES)[number];
export type CodeAttribute = (typeof CODE_ATTRIBUTES)[number];
export type NumberAttribute = (typeof NUMBER_ATTRIBUTES)[number];

/** On GE scanners Protocol Name (0018,1030) names the whole examination's protocol, the same for scout, cine and LGE. */
const PROTOCOL_IS_THE_EXAMINATION = /^\s*ge\b/i;

/**
 * The texts that an attribute of a rule looks at, each by itself. `label` is what people called this series: Series
 * Description and, where it names the series and not the examination, Protocol Name. `sequence` is what the
 * manufacturer called it: Sequence Name and Pulse Sequence Name.
 */
export function textsOf(header: KindHeader, attribute: TextAttribute): readonly string[] {
  const texts = [];
  if (attribute === 'label') {
    const protocolNames = PROTOCOL_IS_THE_EXAMINATION.test(header.manufacturer ?? '') ? undefined : header.protocolName;
    texts.push(header.seriesDescription, protocolNames);
  } else if (attribute === 'sequence') {
    texts.push(header.sequenceName, header.pulseSequenceName);
  } else {
    texts.push(header[attribute]);
  }
  return texts.filter((text): text is string => text !== undefined && text !== '');
}
