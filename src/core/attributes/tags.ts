/** The attributes that this product reads or writes: tag and VR as in PS3.6. */
export const TAGS = {
  LengthToEnd: [0x00080001, 'UL'],
  SpecificCharacterSet: [0x00080005, 'CS'],
  ImageType: [0x00080008, 'CS'],
  InstanceCreationDate: [0x00080012, 'DA'],
  InstanceCreationTime: [0x00080013, 'TM'],
  SOPClassUID: [0x00080016, 'UI'],
  SOPInstanceUID: [0x00080018, 'UI'],
  Modality: [0x00080060, 'CS'],
  Manufacturer: [0x00080070, 'LO'],
  CodeValue: [0x00080100, 'SH'],
  CodingSchemeDesignator: [0x00080102, 'SH'],
  CodeMeaning: [0x00080104, 'LO'],
  StationName: [0x00081010, 'SH'],
  StudyDescription: [0x00081030, 'LO'],
  SeriesDescription: [0x0008103e, 'LO'],
  ManufacturerModelName: [0x00081090, 'LO'],
  ReferencedSOPClassUID: [0x00081150, 'UI'],
  ReferencedSOPInstanceUID: [0x00081155, 'UI'],
  DerivationDescription: [0x00082111, 'ST'],
  SourceImageSequence: [0x00082112, 'SQ'],
  BodyPartExamined: [0x00180015, 'CS'],
  ScanningSequence: [0x00180020, 'CS'],
  SequenceVariant: [0x00180021, 'CS'],
  ScanOptions: [0x00180022, 'CS'],
  MRAcquisitionType: [0x00180023, 'CS'],
  SequenceName: [0x00180024, 'SH'],
  RepetitionTime: [0x00180080, 'DS'],
  EchoTime: [0x00180081, 'DS'],
  InversionTime: [0x00180082, 'DS'],
  EchoTrainLength: [0x00180091, 'IS'],
  SoftwareVersions: [0x00181020, 'LO'],
  ProtocolName: [0x00181030, 'LO'],
  TriggerTime: [0x00181060, 'DS'],
  CardiacNumberOfImages: [0x00181090, 'IS'],
  AcquisitionMatrix: [0x00181310, 'US'],
  InPlanePhaseEncodingDirection: [0x00181312, 'CS'],
  FlipAngle: [0x00181314, 'DS'],
  ShutterShape: [0x00181600, 'CS'],
  ShutterLeftVerticalEdge: [0x00181602, 'IS'],
  ShutterRightVerticalEdge: [0x00181604, 'IS'],
  ShutterUpperHorizontalEdge: [0x00181606, 'IS'],
  ShutterLowerHorizontalEdge: [0x00181608, 'IS'],
  CenterOfCircularShutter: [0x00181610, 'IS'],
  RadiusOfCircularShutter: [0x00181612, 'IS'],
  VerticesOfThePolygonalShutter: [0x00181620, 'IS'],
  PulseSequenceName: [0x00189005, 'SH'],
  ContributingEquipmentSequence: [0x0018a001, 'SQ'],
  ContributionDateTime: [0x0018a002, 'DT'],
  ContributionDescription: [0x0018a003, 'ST'],
  StudyInstanceUID: [0x0020000d, 'UI'],
  SeriesInstanceUID: [0x0020000e, 'UI'],
  SeriesNumber: [0x00200011, 'IS'],
  AcquisitionNumber: [0x00200012, 'IS'],
  InstanceNumber: [0x00200013, 'IS'],
  PatientOrientation: [0x00200020, 'CS'],
  ImagePosition: [0x00200030, 'DS'],
  ImagePositionPatient: [0x00200032, 'DS'],
  ImageOrientation: [0x00200035, 'DS'],
  ImageOrientationPatient: [0x00200037, 'DS'],
  FrameOfReferenceUID: [0x00200052, 'UI'],
  NumberOfTemporalPositions: [0x00200105, 'IS'],
  ImagesInAcquisition: [0x00201002, 'IS'],
  SamplesPerPixel: [0x00280002, 'US'],
  PhotometricInterpretation: [0x00280004, 'CS'],
  PlanarConfiguration: [0x00280006, 'US'],
  NumberOfFrames: [0x00280008, 'IS'],
  Rows: [0x00280010, 'US'],
  Columns: [0x00280011, 'US'],
  PixelSpacing: [0x00280030, 'DS'],
  PixelAspectRatio: [0x00280034, 'IS'],
  BitsAllocated: [0x00280100, 'US'],
  BitsStored: [0x00280101, 'US'],
  PixelRepresentation: [0x00280103, 'US'],
  BurnedInAnnotation: [0x00280301, 'CS'],
  SpatialLocationsPreserved: [0x0028135a, 'CS'],
  PurposeOfReferenceCodeSequence: [0x0040a170, 'SQ'],
  IconImageSequence: [0x00880200, 'SQ'],
  ModifiedAttributesSequence: [0x04000550, 'SQ'],
  OriginalAttributesSequence: [0x04000561, 'SQ'],
  AttributeModificationDateTime: [0x04000562, 'DT'],
  ModifyingSystem: [0x04000563, 'LO'],
  SourceOfPreviousValues: [0x04000564, 'LO'],
  ReasonForTheAttributeModification: [0x04000565, 'CS'],
  MACParametersSequence: [0x4ffe0001, 'SQ'],
  FloatPixelData: [0x7fe00008, 'OF'],
  DoubleFloatPixelData: [0x7fe00009, 'OD'],
  PixelData: [0x7fe00010, 'OW'],
  DigitalSignaturesSequence: [0xfffafffa, 'SQ'],
} as const satisfies Record<string, readonly [number, string]>;

export type Keyword = keyof typeof TAGS;

export function tagOf(keyword: Keyword): number {
  return TAGS[keyword][0];
}

const KEYWORDS = new Map<number, Keyword>(
  Object.entries(TAGS).map(([keyword, [tag]]) => [tag, keyword as Keyword] as const),
);

/** `ImageOrientationPatient`, or `(60xx,3000)`-style for a tag that is not in the list above. */
export function nameOfTag(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return KEYWORDS.get(tag) ?? `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

const PIXEL_DATA_TAGS: ReadonlySet<number> = new Set([
  tagOf('PixelData'),
  tagOf('FloatPixelData'),
  tagOf('DoubleFloatPixelData'),
]);

export function isPixelDataTag(tag: number): boolean {
  return PIXEL_DATA_TAGS.has(tag);
}
