import type { AttributeEdit, AttributeItem, ItemElement } from '../attributes/attribute-edit.ts';
import { type AttributeReader, firstString } from '../attributes/attribute-reader.ts';
import { isPixelDataTag, type Keyword, TAGS, tagOf } from '../attributes/tags.ts';
import { type DerivationRecord, methodOf } from './derivation-record.ts';
import { privateGeometryTags } from './private-geometry.ts';
import { suffixedDescription } from './series-description.ts';

export interface DerivedIdentity {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
}

/**
 * The edits that make a turned instance honestly *derived* (PS3.3 C.7.6.1.1.2, C.12.1, C.12.4): identity, Image Type,
 * description, source, equipment and, last, the record of every value that `edits` and these edits change or remove.
 */
export function derivationEdits(
  header: AttributeReader,
  edits: readonly AttributeEdit[],
  { identity, record }: { readonly identity: DerivedIdentity; readonly record: DerivationRecord },
): AttributeEdit[] {
  const changes = [
    ...edits,
    ...identityEdits(header, identity, record),
    ...removals(header, record),
    appendItem('SourceImageSequence', sourceImage(header, record)),
    appendItem('ContributingEquipmentSequence', contributingEquipment(record)),
  ];
  return [...changes, appendItem('OriginalAttributesSequence', originalAttributes(header, changes, record))];
}

function identityEdits(header: AttributeReader, identity: DerivedIdentity, record: DerivationRecord): AttributeEdit[] {
  const edits: AttributeEdit[] = [
    set('InstanceCreationDate', record.date),
    set('InstanceCreationTime', record.time),
    set('DerivationDescription', record.description),
  ];
  if (record.uidPolicy === 'derive') {
    edits.push(set('SOPInstanceUID', identity.sopInstanceUid), set('SeriesInstanceUID', identity.seriesInstanceUid));
  }
  const [value1, ...others] = header.strings(tagOf('ImageType')) ?? [];
  if (record.imageTypeValue1 === 'derived' && value1 !== 'DERIVED') {
    // Value 2 is required too (PS3.3 C.7.6.1.1.2); where nothing is said, the picture is of the patient.
    edits.push(set('ImageType', 'DERIVED', ...(others.length > 0 ? others : ['PRIMARY'])));
  }
  const description = suffixedDescription(header, record.seriesDescriptionSuffix);
  if (description !== undefined) {
    edits.push({ op: 'set', tag: tagOf('SeriesDescription'), vr: 'LO', value: { bytes: description } });
  }
  const number = firstString(header, tagOf('SeriesNumber'));
  if (record.seriesNumberOffset !== 0 && number !== undefined && /^[+-]?\d{1,9}$/.test(number)) {
    edits.push(set('SeriesNumber', String(Number(number) + record.seriesNumberOffset)));
  }
  return edits;
}

/** What is no longer true of the derived instance: signatures, the retired total length, vendor geometry by choice. */
function removals(header: AttributeReader, record: DerivationRecord): AttributeEdit[] {
  const stale = record.privateGeometry === 'remove' ? privateGeometryTags(header) : [];
  const standard = (['LengthToEnd', 'MACParametersSequence', 'DigitalSignaturesSequence'] as const).map(tagOf);
  return [...standard, ...stale].filter((tag) => header.has(tag)).map((tag) => ({ op: 'remove', tag }));
}

function sourceImage(header: AttributeReader, record: DerivationRecord): AttributeItem {
  return {
    elements: [
      element('ReferencedSOPClassUID', firstString(header, tagOf('SOPClassUID')) ?? ''),
      element('ReferencedSOPInstanceUID', firstString(header, tagOf('SOPInstanceUID')) ?? ''),
      element('SpatialLocationsPreserved', methodOf(record) === 'reorient' ? 'YES' : 'NO'),
      purpose('121322', 'Source image for image processing operation'),
    ],
  };
}

const CONTRIBUTION = {
  reorient: 'Reorientation of stored pixels and geometry without resampling',
  relabel: 'Geometry as a person asserted it in review, and reorientation without resampling',
} as const;

function contributingEquipment(record: DerivationRecord): AttributeItem {
  return {
    elements: [
      element('Manufacturer', record.manufacturer),
      element('StationName', record.modifyingSystem),
      element('ManufacturerModelName', record.productName),
      element('SoftwareVersions', record.softwareVersion),
      element('ContributionDateTime', record.dateTime),
      element('ContributionDescription', CONTRIBUTION[methodOf(record)]),
      purpose('109103', 'Modifying Equipment'),
    ],
  };
}

function originalAttributes(
  header: AttributeReader,
  changes: readonly AttributeEdit[],
  record: DerivationRecord,
): AttributeItem {
  const changed = new Set(changes.filter((edit) => edit.op !== 'append-item').map((edit) => edit.tag));
  // Pixels are in the source; every other prior value is small enough to be repeated.
  const prior = [...withPrivateCreators(changed)]
    .filter((tag) => header.has(tag) && !isPixelDataTag(tag))
    .map((tag): ItemElement => ({ tag, encoded: header.encoded(tag) as Uint8Array }));
  return {
    elements: [
      {
        tag: tagOf('ModifiedAttributesSequence'),
        vr: 'SQ',
        value: { items: [{ elements: prior }] },
      },
      element('AttributeModificationDateTime', record.dateTime),
      element('ModifyingSystem', record.modifyingSystem),
      element('SourceOfPreviousValues', record.sourceOfPreviousValues),
      element('ReasonForTheAttributeModification', 'CORRECT'),
    ],
  };
}

/** A private element means nothing without its creator, in a sequence item as elsewhere (PS3.5 7.8.1). */
function withPrivateCreators(tags: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(tags);
  for (const tag of tags) {
    const block = (tag >>> 8) & 0xff;
    if (((tag >>> 16) & 1) === 1 && block >= 0x10) all.add(tag - (tag & 0xffff) + block);
  }
  return all;
}

function purpose(codeValue: string, codeMeaning: string): ItemElement {
  const item: AttributeItem = {
    elements: [
      element('CodeValue', codeValue),
      element('CodingSchemeDesignator', 'DCM'),
      element('CodeMeaning', codeMeaning),
    ],
  };
  return { tag: tagOf('PurposeOfReferenceCodeSequence'), vr: 'SQ', value: { items: [item] } };
}

function set(keyword: Keyword, ...strings: string[]): AttributeEdit {
  return { op: 'set', tag: tagOf(keyword), vr: TAGS[keyword][1], value: { strings } };
}

function element(keyword: Keyword, ...strings: string[]): ItemElement {
  return { tag: tagOf(keyword), vr: TAGS[keyword][1], value: { strings } };
}

function appendItem(keyword: Keyword, item: AttributeItem): AttributeEdit {
  return { op: 'append-item', tag: tagOf(keyword), item };
}
