import { describe, expect, test } from 'vitest';
import { reorientEdits } from '../../../src/core/attributes/reorient-edits.ts';
import { turnFault } from '../../../src/core/attributes/turnable.ts';
import type { Correction } from '../../../src/core/orientation/d4.ts';
import { isLayoutFault, readPixelLayout } from '../../../src/core/pixels/pixel-layout.ts';
import { DataSet } from '../../../src/part10/data-set.ts';
import { encodedDataSet, type MadeElement, shorts, text } from '../../support/mr-elements.ts';

const EXPLICIT = { explicitVr: true, littleEndian: true, encapsulated: false, deflated: false };
const BARE: readonly MadeElement[] = [
  text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4'),
  shorts(0x00280002, 1),
  shorts(0x00280010, 3),
  shorts(0x00280011, 5),
  shorts(0x00280100, 8),
  { tag: 0x7fe00010, vr: 'OB', value: Buffer.alloc(16) },
];

/** The bare instance, with elements added or put in the place of others. */
function made(...elements: readonly MadeElement[]): DataSet {
  const others = BARE.filter(({ tag }) => !elements.some((element) => element.tag === tag));
  return DataSet.read(encodedDataSet([...others, ...elements], { explicit: true }), EXPLICIT);
}

function overlay(element: number, value: MadeElement): MadeElement {
  return { ...value, tag: 0x60000000 + element };
}

const OVERLAY = [
  overlay(0x10, shorts(0, 2)),
  overlay(0x11, shorts(0, 2)),
  overlay(0x50, shorts(0, 1, 1)),
  overlay(0x3000, { tag: 0, vr: 'OW', value: Buffer.alloc(2) }),
];

describe('what must not be turned', () => {
  test('is nothing of a plain instance, with or without the byte that makes its length even', () => {
    expect(turnFault(made())).toBeUndefined();
    expect(turnFault(made({ tag: 0x7fe00010, vr: 'OB', value: Buffer.alloc(15) }))).toBeUndefined();
    expect(turnFault(made(...OVERLAY))).toBeUndefined();
  });

  test.each([
    ['another SOP Class', [text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7')], 'SOPClassUID'],
    ['burned-in annotation', [text(0x00280301, 'CS', 'YES')], 'BurnedInAnnotation'],
    ['pixels that are too few', [{ tag: 0x7fe00010, vr: 'OB', value: Buffer.alloc(14) }], 'PixelData'],
    ['pixels that are too many', [{ tag: 0x7fe00010, vr: 'OB', value: Buffer.alloc(18) }], 'PixelData'],
    ['no rows', [shorts(0x00280010, 0)], 'Rows'],
    ['frames', [text(0x00280008, 'IS', '2')], 'NumberOfFrames'],
    ['colour', [shorts(0x00280002, 3), { tag: 0x7fe00010, vr: 'OB', value: Buffer.alloc(46) }], 'SamplesPerPixel'],
    ['12 bits allocated', [shorts(0x00280100, 12)], 'BitsAllocated'],
    ['a curve', [shorts(0x50000010, 1)], '(5000,0010)'],
    [
      'a shutter with three edges',
      [text(0x00181602, 'IS', '1'), text(0x00181604, 'IS', '2')],
      'ShutterLeftVerticalEdge',
    ],
    ['a shutter of half a vertex', [text(0x00181620, 'IS', '1', '2', '3')], 'VerticesOfThePolygonalShutter'],
    ['a shutter whose centre is a word', [text(0x00181610, 'IS', 'a', 'b')], 'CenterOfCircularShutter'],
    ['an overlay without data enough', [...OVERLAY, overlay(0x15, text(0, 'IS', '9'))], '(6000,0010)'],
    ['an overlay of no frames', [...OVERLAY, overlay(0x15, text(0, 'IS', '0'))], '(6000,0010)'],
    ['an overlay of eight bits', [...OVERLAY, overlay(0x100, shorts(0, 8))], '(6000,0010)'],
    ['an overlay without an origin', OVERLAY.filter(({ tag }) => (tag & 0xffff) !== 0x50), '(6000,0010)'],
  ] as const)('is an instance with %s', (_, elements, attribute) => {
    const unique = new Map(elements.map((element) => [element.tag, element]));
    expect(turnFault(made(...unique.values()))?.attribute).toBe(attribute);
  });
});

describe('the edits of a turn', () => {
  const editsOf = (source: DataSet, correction: string) => {
    const layout = readPixelLayout(source);
    if (isLayoutFault(layout)) throw new Error(layout.fault);
    return reorientEdits({ header: source, layout, plane: undefined }, correction as Correction);
  };

  test('are none for 000', () => {
    expect(editsOf(made(...OVERLAY), '000')).toEqual([]);
  });

  test('remove what they cannot make true: words for directions, a position that nobody can compute', () => {
    const source = made(
      text(0x00200020, 'CS', 'LE', 'V'),
      text(0x00200032, 'DS', '1', '2', '3'),
      text(0x00200030, 'DS', '1', '2', '3'),
    );
    const removed = editsOf(source, '011')
      .filter(({ op }) => op === 'remove')
      .map(({ tag }) => tag);
    expect(removed.sort()).toEqual([0x00200020, 0x00200030, 0x00200032]);
  });

  test('leave an empty Patient Orientation empty', () => {
    expect(editsOf(made(text(0x00200020, 'CS')), '011').map(({ tag }) => tag)).toEqual([0x7fe00010]);
  });
});
