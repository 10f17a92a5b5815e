import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type GreyPicture,
  greySamples,
  isNoGreyPicture,
  readGreyPicture,
} from '../../../src/core/rendering/grey-picture.ts';
import { lookedUp } from '../../../src/core/rendering/lookup-table.ts';
import { isRenderFault, renderFrame } from '../../../src/core/rendering/render-frame.ts';
import { levelOf } from '../../../src/core/rendering/value-of-interest.ts';
import { DataSet } from '../../../src/part10/data-set.ts';
import { encodingOf } from '../../../src/part10/transfer-syntax.ts';
import { encodedDataSet, type MadeElement, shorts, text } from '../../support/mr-elements.ts';

interface Stored {
  readonly bits: 8 | 16;
  readonly bitsStored?: number;
  readonly signed: boolean;
  readonly photometric?: string;
  readonly samplesPerPixel?: number;
  readonly more?: readonly MadeElement[];
}

function headerOf(
  columns: number,
  { bits, bitsStored = bits, signed, photometric = 'MONOCHROME2', samplesPerPixel = 1, more = [] }: Stored,
) {
  const elements = [
    shorts(0x00280002, samplesPerPixel),
    text(0x00280004, 'CS', photometric),
    shorts(0x00280010, 1),
    shorts(0x00280011, columns),
    shorts(0x00280100, bits),
    shorts(0x00280101, bitsStored),
    shorts(0x00280103, signed ? 1 : 0),
    ...more,
  ];
  return DataSet.read(encodedDataSet(elements, { explicit: true }), encodingOf('1.2.840.10008.1.2.1')!);
}

function bytesOf(values: readonly number[], bits: 8 | 16): Uint8Array {
  return bits === 8 ? Uint8Array.from(values) : new Uint8Array(Uint16Array.from(values).buffer);
}

/** What a viewer gets: the description, and the samples read as it says. */
function got(values: readonly number[], stored: Stored): { picture: GreyPicture; samples: number[] } {
  const header = headerOf(values.length, stored);
  const picture = readGreyPicture(header, 'PixelData');
  if (isNoGreyPicture(picture)) throw new Error(picture.fault);
  const buffer = Uint8Array.from(greySamples(header, picture, bytesOf(values, stored.bits))).buffer;
  const arrays = { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, float32: Float32Array };
  return { picture, samples: [...new arrays[picture.sample](buffer)] };
}

/** As any viewer shows it: slope and intercept, then table or window. */
function shown({ picture, samples }: ReturnType<typeof got>): number[] {
  const { slope, intercept, window, voiLut, photometric } = picture;
  const level =
    voiLut === undefined
      ? levelOf({ kind: 'window', window: window! })
      : (value: number) => (lookedUp(voiLut, value) * 255) / voiLut.greatest;
  const levels = Uint8ClampedArray.from(samples, (sample) => level(sample * slope + intercept));
  return [...levels].map((value) => (photometric === 'MONOCHROME1' ? 255 - value : value));
}

const windowIs = (center: number, width: number, shape: string) => [
  text(0x00281050, 'DS', String(center)),
  text(0x00281051, 'DS', String(width)),
  text(0x00281056, 'CS', shape),
];
const table = (tag: number, first: number, entries: readonly number[]): MadeElement => ({
  tag,
  vr: 'SQ',
  value: [[shorts(0x00283002, entries.length, first, 12), shorts(0x00283006, ...entries)]],
});

describe('a grey picture for a viewer', () => {
  test('looks as this product renders it, whatever is stored and however', () => {
    const anyStored = fc.record({
      bits: fc.constantFrom(8 as const, 16 as const),
      signed: fc.boolean(),
      photometric: fc.constantFrom('MONOCHROME1', 'MONOCHROME2'),
      more: fc
        .tuple(
          fc.integer({ min: -500, max: 4000 }),
          fc.integer({ min: 1, max: 4000 }),
          fc.constantFrom('LINEAR', 'LINEAR_EXACT', 'SIGMOID'),
          fc.constantFrom([], [text(0x00281052, 'DS', '-10'), text(0x00281053, 'DS', '1.5')]),
          fc.constantFrom([], [table(0x00283000, 3, [9, 7, 5, 600])]),
          fc.constantFrom([], [table(0x00283010, 5, [0, 4095, 100])]),
        )
        .map(([center, width, shape, ...others]) => [...windowIs(center, width, shape), ...others.flat()]),
    });
    fc.assert(
      fc.property(
        anyStored,
        fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 1, maxLength: 9 }),
        (stored, drawn) => {
          const values = stored.bits === 8 ? drawn.map((value) => value & 0xff) : drawn;
          const header = headerOf(values.length, stored);
          const rendered = renderFrame(header, { frame: 0, keyword: 'PixelData', bytes: bytesOf(values, stored.bits) });
          if (isRenderFault(rendered)) throw new Error(rendered.fault);
          // Between tables and their places a rescale may be exactly half way.
          for (const [i, level] of shown(got(values, stored)).entries()) {
            expect(Math.abs(level - rendered.data[i]!)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  test('has samples of as many bits as are stored, with their sign, and without what lies above', () => {
    const signed = got([0x0fff, 0xf001, 0x0800], { bits: 16, bitsStored: 12, signed: true });
    expect([signed.picture.sample, signed.samples]).toEqual(['int16', [-1, 1, -2048]]);
    const unsigned = got([0xffff, 3], { bits: 16, bitsStored: 12, signed: false });
    expect([unsigned.picture.sample, unsigned.samples]).toEqual(['uint16', [4095, 3]]);
    const small = got([255, 1], { bits: 8, signed: true });
    expect([small.picture.sample, small.samples]).toEqual(['int8', [-1, 1]]);
  });

  test('is looked up in its Modality LUT, and then needs no slope', () => {
    const more = [table(0x00283000, 10, [0, 2, 1]), text(0x00281053, 'DS', '3')];
    const { picture, samples } = got([9, 11, 99], { bits: 16, signed: false, more });
    expect([picture.sample, picture.slope, picture.intercept, samples]).toEqual(['uint16', 1, 0, [0, 2, 1]]);
  });

  test('is none of a colour picture, of several frames, or without a size', () => {
    const why = (stored: Stored) => readGreyPicture(headerOf(2, stored), 'PixelData');
    expect(why({ bits: 8, signed: false, samplesPerPixel: 3, photometric: 'RGB' })).toEqual({
      fault: 'it is a picture in colour (RGB)',
    });
    expect(why({ bits: 8, signed: false, photometric: 'PALETTE COLOR' })).toHaveProperty('fault');
    expect(why({ bits: 8, signed: false, more: [text(0x00280008, 'IS', '20')] })).toEqual({
      fault: 'it holds 20 frames in one instance',
    });
    expect(why({ bits: 8, signed: false, more: [shorts(0x00280011, 0)] })).toHaveProperty('fault');
  });
});
