import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributeReader } from '../../../src/core/attributes/attribute-reader.ts';
import { tagOf } from '../../../src/core/attributes/tags.ts';
import { greyImageOf, isLayoutFault, readPixelLayout } from '../../../src/core/pixels/pixel-layout.ts';

interface Pixels {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16 | 32;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly photometric?: string;
  /** Bytes before the pixels in the memory that holds them. */
  readonly lead?: number;
  readonly values: readonly number[];
}

/** A header over pixels that lie in a Node Buffer, as those of a received data set do. */
function headerOf(pixels: Pixels): AttributeReader {
  const { rows, columns, bitsAllocated, bitsStored, signed, photometric = 'MONOCHROME2', lead = 0, values } = pixels;
  const width = bitsAllocated / 8;
  const length = rows * columns * width;
  const memory = Buffer.alloc(lead + length + (length % 2));
  const mask = 2 ** bitsStored - 1;
  values.forEach((value, i) => {
    memory.writeUIntLE(Number(BigInt.asUintN(bitsStored, BigInt(value))) & mask, lead + i * width, Math.min(width, 6));
  });
  const shorts = new Map<number, number>([
    [tagOf('Rows'), rows],
    [tagOf('Columns'), columns],
    [tagOf('BitsAllocated'), bitsAllocated],
    [tagOf('BitsStored'), bitsStored],
    [tagOf('SamplesPerPixel'), 1],
    [tagOf('PixelRepresentation'), signed ? 1 : 0],
  ]);
  const bytes = memory.subarray(lead);
  return {
    tags: [...shorts.keys(), tagOf('PixelData')],
    has: (tag) => shorts.has(tag) || tag === tagOf('PixelData'),
    vr: () => undefined,
    strings: (tag) => (tag === tagOf('PhotometricInterpretation') ? [photometric] : undefined),
    unsignedShorts: (tag) => (shorts.has(tag) ? [shorts.get(tag) as number] : undefined),
    bytes: (tag) => (tag === tagOf('PixelData') ? bytes : undefined),
    encoded: () => undefined,
    items: () => [],
    encodedItems: () => [],
  };
}

function samplesOf(pixels: Pixels): readonly number[] {
  const header = headerOf(pixels);
  const layout = readPixelLayout(header);
  if (isLayoutFault(layout)) throw new Error(`${layout.attribute} ${layout.fault}`);
  return [...(greyImageOf(header, layout, { rowSpacingMm: 1, columnSpacingMm: 1 })?.samples ?? [])];
}

const depth = fc.constantFrom([8, 8], [16, 12], [16, 16], [32, 24]) as fc.Arbitrary<[8 | 16 | 32, number]>;

describe('greyImageOf', () => {
  test('gives the stored values, signed and unsigned, wherever the pixels begin in memory', () => {
    const pictures = fc
      .record({ depth, signed: fc.boolean(), lead: fc.constantFrom(0, 1, 2, 3, 7) })
      .chain((picture) => {
        const [bitsAllocated, bitsStored] = picture.depth;
        const least = picture.signed ? -(2 ** (bitsStored - 1)) : 0;
        const value = fc.integer({ min: least, max: least + 2 ** bitsStored - 1 });
        return fc.record({
          ...Object.fromEntries(
            Object.entries({ ...picture, bitsAllocated, bitsStored, rows: 3, columns: 5 }).map(([k, v]) => [
              k,
              fc.constant(v),
            ]),
          ),
          values: fc.array(value, { minLength: 15, maxLength: 15 }),
        }) as unknown as fc.Arbitrary<Pixels>;
      });
    fc.assert(
      fc.property(pictures, (pixels) => {
        expect(samplesOf(pixels)).toEqual(pixels.values);
      }),
    );
  });

  test('cuts off what other writers keep above the stored bits', () => {
    const pixels = { rows: 1, columns: 3, bitsAllocated: 16, bitsStored: 16 } as const;
    const values = [0xf005, 0x0fff, 0x1800];
    for (const signed of [false, true]) {
      const header = headerOf({ ...pixels, signed: false, values });
      const layout = readPixelLayout(header);
      if (isLayoutFault(layout)) throw new Error(layout.fault);
      const image = greyImageOf(header, { ...layout, bitsStored: 12, signed }, { rowSpacingMm: 1, columnSpacingMm: 1 });
      expect([...(image?.samples ?? [])]).toEqual(signed ? [5, -1, -2048] : [5, 4095, 2048]);
    }
  });

  test('inverts MONOCHROME1, so that bright means the same everywhere', () => {
    const pixels = { rows: 1, columns: 2, bitsAllocated: 16, bitsStored: 12, signed: false, values: [0, 7] } as const;
    expect(samplesOf({ ...pixels, photometric: 'MONOCHROME1' })).toEqual([-0, -7]);
  });
});

describe('readPixelLayout', () => {
  test.each([
    ['Rows', { rows: 0 }],
    ['PixelData', { columns: 3 }],
  ])('names %s where it is wrong', (attribute, wrong) => {
    const pixels = {
      rows: 2,
      columns: 2,
      bitsAllocated: 16,
      bitsStored: 16,
      signed: false,
      values: [1, 2, 3, 4],
    } as const;
    const header = headerOf(pixels);
    const changed = { ...pixels, ...wrong };
    const layout = readPixelLayout({
      ...header,
      unsignedShorts: (tag) =>
        tag === tagOf('Rows')
          ? [changed.rows]
          : tag === tagOf('Columns')
            ? [changed.columns]
            : header.unsignedShorts(tag),
    });
    expect(layout).toMatchObject({ attribute });
  });
});
