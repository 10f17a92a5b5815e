import { describe, expect, it } from 'vitest';
import { isPlaneFault, readImagePlane } from '../../src/core/attributes/read-plane.ts';
import { reorientEdits } from '../../src/core/attributes/reorient-edits.ts';
import { type Change, MODIFICATIONS } from '../../src/core/conformance.ts';
import { derivationEdits } from '../../src/core/derivation/derivation-edits.ts';
import type { DerivationRecord } from '../../src/core/derivation/derivation-record.ts';
import { privateGeometryTags } from '../../src/core/derivation/private-geometry.ts';
import { type Correction, correctionFor, ORIENTATION_CODES, observed } from '../../src/core/orientation/d4.ts';
import { isLayoutFault, readPixelLayout } from '../../src/core/pixels/pixel-layout.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { applyEdits } from '../../src/part10/splice.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { type Element, encodeDataSet } from '../../src/phantom/encode-data-set.ts';

const EXPLICIT = encodingOf('1.2.840.10008.1.2.1')!;
const ROWS = 3;
const COLUMNS = 4;
const OVERLAY = 0x60020000;

const text = (tag: number, vr: string, ...values: string[]): Element => ({ tag, vr, value: { text: values } });
const shorts = (tag: number, ...values: number[]): Element => ({ tag, vr: 'US', value: { shorts: values } });
const bytes = (tag: number, vr: string, length: number): Element => ({
  tag,
  vr,
  value: { bytes: Uint8Array.from({ length }, (_, i) => (i * 37) & 0xff) },
});
const items = (tag: number, ...elements: Element[]): Element => ({ tag, vr: 'SQ', value: { items: [elements] } });

/** The least that can be turned. */
const BARE: readonly Element[] = [
  text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
  text(0x00080018, 'UI', '2.25.11'),
  text(0x0020000d, 'UI', '2.25.12'),
  text(0x0020000e, 'UI', '2.25.13'),
  text(0x00200032, 'DS', '10', '-20', '30.5'),
  text(0x00200037, 'DS', '.71', '.704', '-.03', '-.31', '.27', '-.911'),
  shorts(0x00280002, 1),
  shorts(0x00280010, ROWS),
  shorts(0x00280011, COLUMNS),
  text(0x00280030, 'DS', '1.5', '1.25'),
];

/** All that a turned instance may lose or change. */
const RICH: readonly Element[] = [
  ...BARE,
  bytes(0x00080000, 'UL', 4),
  bytes(0x00080001, 'UL', 4),
  text(0x00080008, 'CS', 'ORIGINAL', 'PRIMARY'),
  text(0x00080012, 'DA', '20200101'),
  text(0x00080013, 'TM', '101010'),
  text(0x0008103e, 'LO', 'cine sax'),
  text(0x00082111, 'ST', 'derived before'),
  items(0x00082112, text(0x00081155, 'UI', '2.25.14')),
  text(0x00100010, 'PN', 'Phantom^Peter'),
  shorts(0x00181310, 0, 4, 3, 0),
  text(0x00181312, 'CS', 'ROW'),
  text(0x00181602, 'IS', '1'),
  text(0x00181604, 'IS', '3'),
  text(0x00181606, 'IS', '1'),
  text(0x00181608, 'IS', '2'),
  text(0x00181610, 'IS', '1', '2'),
  text(0x00181612, 'IS', '40'),
  text(0x00181620, 'IS', '1', '1', '2', '1', '2', '3'),
  items(0x0018a001, text(0x00080070, 'LO', 'somebody')),
  text(0x00200011, 'IS', '7'),
  text(0x00200013, 'IS', '1'),
  text(0x00200020, 'CS', 'LP', 'FR'),
  text(0x00200030, 'DS', '1', '2', '3'),
  text(0x00200035, 'DS', '1', '0', '0', '0', '1', '0'),
  text(0x00280034, 'IS', '6', '5'),
  text(0x00290010, 'LO', 'SIEMENS CSA HEADER'),
  bytes(0x00291010, 'OB', 8),
  items(0x04000561, text(0x04000563, 'LO', 'an earlier system')),
  items(0x4ffe0001, text(0x04000015, 'CS', 'SHA256')),
  shorts(OVERLAY | 0x0010, 2),
  shorts(OVERLAY | 0x0011, 3),
  { tag: OVERLAY | 0x0050, vr: 'SS', value: { shorts: [1, 2] } },
  bytes(OVERLAY | 0x3000, 'OW', 2),
  items(
    0x00880200,
    shorts(0x00280002, 1),
    shorts(0x00280010, 2),
    shorts(0x00280011, 3),
    shorts(0x00280100, 8),
    shorts(0x00280101, 8),
    bytes(0x7fe00010, 'OB', 6),
  ),
  items(0xfffafffa, text(0x04000105, 'DT', '20200101')),
];

const SAMPLES: readonly (readonly Element[])[] = [
  [shorts(0x00280100, 16), shorts(0x00280101, 12), shorts(0x00280103, 0), bytes(0x7fe00010, 'OW', 2 * ROWS * COLUMNS)],
  [shorts(0x00280100, 32), bytes(0x7fe00008, 'OF', 4 * ROWS * COLUMNS)],
  [shorts(0x00280100, 64), bytes(0x7fe00009, 'OD', 8 * ROWS * COLUMNS)],
];

const RECORD: DerivationRecord = {
  date: '20300101',
  time: '120000',
  dateTime: '20300101120000+0000',
  description: 'Reoriented',
  manufacturer: 'M',
  productName: 'P',
  softwareVersion: '1',
  modifyingSystem: 'NODE',
  sourceOfPreviousValues: 'SCANNER',
  imageTypeValue1: 'derived',
  seriesDescriptionSuffix: '[reoriented]',
  seriesNumberOffset: 1000,
  uidPolicy: 'derive',
  privateGeometry: 'keep',
};
const IDENTITY = { sopInstanceUid: '2.25.21', seriesInstanceUid: '2.25.22' };
const CORRECTIONS: readonly Correction[] = ORIENTATION_CODES.map((name) => correctionFor(observed(name))).filter(
  (correction) => correction !== '000',
);

/** `(0008,0018) MODIFIED` and the like: what differs between the two, element by element. */
function differences(source: DataSet, derived: DataSet): string[] {
  const stale = new Set(privateGeometryTags(source));
  return [...new Set([...source.tags, ...derived.tags])].flatMap((tag) => {
    const before = source.encoded(tag);
    const after = derived.encoded(tag);
    if (before !== undefined && after !== undefined && Buffer.from(before).equals(after)) return [];
    const change: Change = before === undefined ? 'ADDED' : after === undefined ? 'REMOVED' : 'MODIFIED';
    return [`${lineOf(tag, stale)} ${change}`];
  });
}

/** The tag as the conformance statement writes it. */
function lineOf(tag: number, stale: ReadonlySet<number>): string {
  if (stale.has(tag)) return '(gggg,xxee)';
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  if (hex.endsWith('0000')) return '(gggg,0000)';
  return `(${hex.startsWith('60') ? '60xx' : hex.slice(0, 4)},${hex.slice(4)})`;
}

function changesOf(elements: readonly Element[], correction: Correction, record: DerivationRecord): string[] {
  const source = DataSet.read(encodeDataSet(elements, 'explicit'), EXPLICIT);
  const layout = readPixelLayout(source);
  if (isLayoutFault(layout)) throw new RangeError(layout.fault);
  const plane = readImagePlane(source);
  const turned = reorientEdits({ header: source, layout, plane: isPlaneFault(plane) ? undefined : plane }, correction);
  const derived = applyEdits(source, [...turned, ...derivationEdits(source, turned, { identity: IDENTITY, record })]);
  return differences(source, DataSet.read(derived, EXPLICIT));
}

describe('the conformance statement', () => {
  const stated = MODIFICATIONS.flatMap(({ tag, changes }) => changes.map((change) => `${tag} ${change}`));
  const withoutSpacing = BARE.filter(({ tag }) => tag !== 0x00280030);
  const oddLetters = [...BARE, text(0x00200020, 'CS', 'DORSAL', 'VENTRAL')];

  it('names every attribute that any correction modifies, adds or removes, and no other', () => {
    const found = new Set<string>();
    for (const correction of CORRECTIONS) {
      for (const samples of SAMPLES) {
        for (const elements of [BARE, RICH, withoutSpacing, oddLetters]) {
          for (const privateGeometry of ['keep', 'remove'] as const) {
            const record = { ...RECORD, privateGeometry };
            for (const change of changesOf([...elements, ...samples], correction, record)) found.add(change);
          }
        }
      }
    }
    expect([...found].sort()).toEqual([...stated].sort());
  });

  it('names each attribute once', () => {
    expect(new Set(MODIFICATIONS.map(({ tag }) => tag)).size).toBe(MODIFICATIONS.length);
  });

  it('says which corrections leave Image Position (Patient) and the size of the matrix alone', () => {
    const changed = (tag: string): string[] =>
      CORRECTIONS.filter((correction) =>
        changesOf([...RICH, ...(SAMPLES[0] ?? [])], correction, RECORD).some((change) => change.startsWith(tag)),
      );
    expect(changed('(0020,0032)')).toEqual(CORRECTIONS.filter((correction) => correction !== '100'));
    expect(changed('(0028,0010)').sort()).toEqual(['100', '101', '110', '111']);
  });

  it('says what keeping UIDs, Image Type and series attributes leaves as it was', () => {
    const record: DerivationRecord = {
      ...RECORD,
      uidPolicy: 'preserve',
      imageTypeValue1: 'keep',
      seriesDescriptionSuffix: '',
      seriesNumberOffset: 0,
    };
    const changed = changesOf([...RICH, ...(SAMPLES[0] ?? [])], correctionFor(observed('011')), record).map(
      (change) => change.split(' ')[0],
    );
    for (const kept of ['(0008,0018)', '(0020,000E)', '(0008,0008)', '(0008,103E)', '(0020,0011)']) {
      expect(changed).not.toContain(kept);
    }
  });
});
