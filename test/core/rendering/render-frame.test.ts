import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Picture, resampled } from '../../../src/core/rendering/picture.ts';
import { isRenderFault, type RenderOptions, renderFrame } from '../../../src/core/rendering/render-frame.ts';
import { DataSet } from '../../../src/part10/data-set.ts';
import { encodingOf } from '../../../src/part10/transfer-syntax.ts';
import { encodedDataSet, type MadeElement, shorts, text } from '../../support/mr-elements.ts';

interface Frame {
  readonly rows: number;
  readonly columns: number;
  readonly bits?: 8 | 16;
  readonly signed?: boolean;
  readonly samplesPerPixel?: number;
  readonly photometric?: string;
  readonly more?: readonly MadeElement[];
}

function rendered(values: readonly number[], frame: Frame, options: RenderOptions = {}): Picture {
  const {
    rows,
    columns,
    bits = 16,
    signed = false,
    samplesPerPixel = 1,
    photometric = 'MONOCHROME2',
    more = [],
  } = frame;
  const header = DataSet.read(
    encodedDataSet(
      [
        shorts(0x00280002, samplesPerPixel),
        text(0x00280004, 'CS', photometric),
        shorts(0x00280010, rows),
        shorts(0x00280011, columns),
        shorts(0x00280100, bits),
        shorts(0x00280101, bits),
        shorts(0x00280103, signed ? 1 : 0),
        ...more,
      ],
      { explicit: true },
    ),
    encodingOf('1.2.840.10008.1.2.1')!,
  );
  const bytes = bits === 8 ? Uint8Array.from(values) : new Uint8Array(Uint16Array.from(values).buffer);
  const picture = renderFrame(header, { frame: 0, keyword: 'PixelData', bytes }, options);
  if (isRenderFault(picture)) throw new Error(picture.fault);
  return picture;
}
const levels = (values: readonly number[], frame: Partial<Frame> = {}, options: RenderOptions = {}) => [
  ...rendered(values, { rows: 1, columns: values.length, ...frame }, options).data,
];
const windowIs = (center: number, width: number, shape = 'LINEAR') => [
  text(0x00281050, 'DS', String(center)),
  text(0x00281051, 'DS', String(width)),
  text(0x00281056, 'CS', shape),
];

describe('a grey picture', () => {
  test('without a window goes from the least value to the greatest', () => {
    expect(levels([100, 150, 200])).toEqual([0, 128, 255]);
    expect(levels([7, 7])).toEqual([0, 0]);
  });

  test('is white for the least value of MONOCHROME1', () => {
    expect(levels([100, 150, 200], { photometric: 'MONOCHROME1' })).toEqual([255, 127, 0]);
  });

  test('is seen through the window, by each of the functions of PS3.3 C.11.2.1', () => {
    // The example of C.11.2.1.2: c=2048, w=4096 becomes 0 to 255.
    expect(levels([0, 2048, 4095], { more: windowIs(2048, 4096) })).toEqual([0, 128, 255]);
    expect(levels([0, 1, 2], { more: windowIs(1, 1) })).toEqual([0, 255, 255]);
    expect(levels([0, 50, 100], { more: windowIs(50, 100, 'LINEAR_EXACT') })).toEqual([0, 128, 255]);
    expect(levels([0, 50, 100], { more: windowIs(50, 100, 'SIGMOID') })).toEqual([30, 128, 225]);
  });

  test('is seen without a window that cannot be', () => {
    for (const more of [windowIs(1, 0), windowIs(1, -5), [text(0x00281050, 'DS', 'x')]]) {
      expect(levels([100, 150, 200], { more })).toEqual([0, 128, 255]);
    }
  });

  test('honours the rescale before the window', () => {
    const rescale = [text(0x00281052, 'DS', '-1000'), text(0x00281053, 'DS', '2')];
    const more = [...windowIs(0, 2000, 'LINEAR_EXACT'), ...rescale];
    expect(levels([0, 500, 1000], { more })).toEqual([0, 128, 255]);
  });

  test('honours the functional groups of an enhanced image, its own before those of all frames', () => {
    const group = (center: number): MadeElement[] => [
      { tag: 0x00289132, vr: 'SQ', value: [windowIs(center, 100, 'LINEAR_EXACT')] },
    ];
    const shared = { tag: 0x52009229, vr: 'SQ', value: [group(1000)] };
    const own = { tag: 0x52009230, vr: 'SQ', value: [group(50)] };
    expect(levels([0, 50, 100], { more: [shared, own] })).toEqual([0, 128, 255]);
    expect(levels([950, 1000, 1050], { more: [shared] })).toEqual([0, 128, 255]);
  });

  test('reads signed samples, and shows padding black', () => {
    const padded = { tag: 0x00280120, vr: 'SS', value: Buffer.from([0, 0x80]) };
    expect(levels([0x8000, 0xfff6, 0, 10], { signed: true, more: [padded] })).toEqual([0, 0, 128, 255]);
    const inverted = { signed: true, more: [padded], photometric: 'MONOCHROME1' };
    expect(levels([0x8000, 0xfff6, 0, 10], inverted)).toEqual([0, 255, 127, 0]);
  });

  test('honours tables: Modality LUT, then VOI LUT', () => {
    const table = (first: number, bits: number, entries: readonly number[]): MadeElement[] => [
      shorts(0x00283002, entries.length, first, bits),
      shorts(0x00283006, ...entries),
    ];
    const modality = { tag: 0x00283000, vr: 'SQ', value: [table(10, 16, [0, 2, 1])] };
    const voi = { tag: 0x00283010, vr: 'SQ', value: [table(0, 12, [0, 4095, 2048])] };
    expect(levels([9, 10, 11, 12, 99], { more: [modality, voi] })).toEqual([0, 0, 128, 255, 255]);
  });

  test('has eight bits for any value, whatever the window', () => {
    const value = fc.integer({ min: 0, max: 65_535 });
    const shape = fc.constantFrom('LINEAR', 'LINEAR_EXACT', 'SIGMOID');
    const numbers = fc.tuple(fc.double({ noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 9 }), numbers, shape, (values, [center, width], named) => {
        const options = { window: { center, width: Math.max(width, 1), function: named as 'LINEAR' } };
        const sorted = [...values].sort((a, b) => a - b);
        const shown = levels(sorted, {}, options);
        expect([...shown].sort((a, b) => a - b)).toEqual(shown);
      }),
    );
  });
});

describe('a colour picture', () => {
  test('is red, green and blue, by pixel or by plane', () => {
    const rgb = { rows: 1, columns: 2, bits: 8, samplesPerPixel: 3, photometric: 'RGB' } as const;
    expect([...rendered([1, 2, 3, 4, 5, 6], rgb).data]).toEqual([1, 2, 3, 4, 5, 6]);
    const byPlane = { ...rgb, more: [shorts(0x00280006, 1)] };
    expect([...rendered([1, 4, 2, 5, 3, 6], byPlane).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('is made of luminance and chrominance', () => {
    const ybr = { rows: 1, columns: 2, bits: 8, samplesPerPixel: 3, photometric: 'YBR_FULL' } as const;
    expect([...rendered([100, 128, 128, 76, 85, 255], ybr).data]).toEqual([100, 100, 100, 254, 0, 0]);
  });

  test('is looked up in a palette', () => {
    const descriptors = [0x00281101, 0x00281102, 0x00281103].map((tag) => shorts(tag, 2, 1, 16));
    const tables = [0x00281201, 0x00281202, 0x00281203].map((tag, i) => shorts(tag, 0, 0xffff >> i));
    const more = [...descriptors, ...tables];
    const picture = rendered([1, 2], { rows: 1, columns: 2, photometric: 'PALETTE COLOR', more });
    expect([...picture.data]).toEqual([0, 0, 0, 255, 127, 63]);
  });

  test('of another interpretation is not guessed at', () => {
    expect(() =>
      rendered([1, 2, 3], { rows: 1, columns: 1, bits: 8, samplesPerPixel: 3, photometric: 'YBR_ICT' }),
    ).toThrow(/PhotometricInterpretation/);
    expect(() => rendered([1], { rows: 2, columns: 2 })).toThrow(/shorter/);
  });
});

describe('the shape of a picture', () => {
  const square = { rows: 2, columns: 2, bits: 8 } as const;

  test('has square pixels: by Pixel Spacing, or by Pixel Aspect Ratio where there is none', () => {
    const spacing = (vertical: string, horizontal: string) => ({
      more: [text(0x00280030, 'DS', vertical, horizontal)],
    });
    expect(rendered([1, 2, 3, 4], { ...square, ...spacing('2', '1') })).toMatchObject({ rows: 4, columns: 2 });
    expect(rendered([1, 2, 3, 4], { ...square, ...spacing('1', '3') })).toMatchObject({ rows: 2, columns: 6 });
    const ratio = { more: [text(0x00280034, 'IS', '1', '2')] };
    expect(rendered([1, 2, 3, 4], { ...square, ...ratio })).toMatchObject({ rows: 2, columns: 4 });
    for (const odd of [
      spacing('0', '1'),
      spacing('1000', '1'),
      spacing('x', 'y'),
      { more: [text(0x00280030, 'DS')] },
    ]) {
      expect(rendered([1, 2, 3, 4], { ...square, ...odd })).toMatchObject({ rows: 2, columns: 2 });
    }
  });

  test('fits into the viewport, and shows the part that is asked for', () => {
    const viewport = { columns: 100, rows: 50 };
    expect(rendered([1, 2, 3, 4], square, { viewport })).toMatchObject({ rows: 50, columns: 50 });
    const part = { columns: 2, rows: 2, region: { x: 1, y: 0, width: 1, height: 2 } };
    const { columns, rows, data } = rendered([0, 255, 0, 255], square, { viewport: part });
    expect([columns, rows, ...data]).toEqual([1, 2, 255, 255]);
    const outside = { ...part, region: { x: 1, y: 1, width: 2, height: 1 } };
    expect(() => rendered([1, 2, 3, 4], square, { viewport: outside })).toThrow(/2 columns and 2 rows/);
  });

  test('is the same where nothing is asked for, and turned over where a size is negative', () => {
    const picture = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.constantFrom(1 as const, 3 as const))
      .chain(([columns, rows, channels]) =>
        fc
          .uint8Array({ minLength: columns * rows * channels, maxLength: columns * rows * channels })
          .map((data): Picture => ({ columns, rows, channels, data })),
      );
    fc.assert(
      fc.property(picture, (source) => {
        const { columns, rows } = source;
        const whole = { x: 0, y: 0, width: columns, height: rows };
        expect(resampled(source, whole, { columns, rows })).toEqual(source);
        const over = resampled(source, { ...whole, width: -columns }, { columns, rows });
        expect(resampled(over, { ...whole, width: -columns }, { columns, rows })).toEqual(source);
      }),
    );
  });
});
