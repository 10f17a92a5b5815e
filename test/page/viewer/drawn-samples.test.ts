import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
// What the viewer library draws with, on the processor: it is no part of its interface, and what people see.
import generateLut from '../../../node_modules/@cornerstonejs/core/dist/esm/RenderingEngine/helpers/cpuFallback/rendering/generateLut.js';
import { toWindowLevel } from '../../../node_modules/@cornerstonejs/core/dist/esm/utilities/windowLevel.js';
import { isRenderFault, renderFrame } from '../../../src/core/rendering/render-frame.ts';
import { WINDOW_FUNCTIONS } from '../../../src/core/rendering/value-of-interest.ts';
import { type DrawnSamples, drawnSamples, greyLevels, sampleRange } from '../../../src/page/viewer/drawn-samples.ts';
import { DataSet } from '../../../src/part10/data-set.ts';
import { encodingOf } from '../../../src/part10/transfer-syntax.ts';
import { encodedDataSet, type MadeElement, shorts, text } from '../../support/mr-elements.ts';

type Described = Parameters<typeof drawnSamples>[0];

const PLAIN: Described = {
  rows: 2,
  columns: 3,
  sample: 'uint16',
  slope: 1,
  intercept: 0,
  window: null,
  voiLut: null,
  photometric: 'MONOCHROME2',
};

/** The same picture, drawn by the core from a DICOM header. */
function renderedByCore(picture: Described, bytes: ArrayBuffer): readonly number[] {
  const { rows, columns, slope, intercept, window, voiLut } = picture;
  const signed = picture.sample.startsWith('int') ? 1 : 0;
  const bits = picture.sample.endsWith('16') ? 16 : 8;
  const more: MadeElement[] = [];
  if (window !== null) {
    more.push(
      text(0x00281050, 'DS', String(window.center)),
      text(0x00281051, 'DS', String(window.width)),
      text(0x00281056, 'CS', window.function),
    );
  }
  if (voiLut !== null) {
    const { firstMapped, values } = voiLut;
    const descriptor = shorts(0x00283002, values.length, firstMapped & 0xffff, voiLut.bits);
    more.push({ tag: 0x00283010, vr: 'SQ', value: [[descriptor, shorts(0x00283006, ...values)]] });
  }
  const header = DataSet.read(
    encodedDataSet(
      [
        shorts(0x00280002, 1),
        text(0x00280004, 'CS', picture.photometric),
        shorts(0x00280010, rows),
        shorts(0x00280011, columns),
        shorts(0x00280100, bits),
        shorts(0x00280101, bits),
        shorts(0x00280103, signed),
        text(0x00281052, 'DS', String(intercept)),
        text(0x00281053, 'DS', String(slope)),
        ...more,
      ],
      { explicit: true },
    ),
    encodingOf('1.2.840.10008.1.2.1')!,
  );
  const drawn = renderFrame(header, { frame: 0, keyword: 'PixelData', bytes: new Uint8Array(bytes) });
  if (isRenderFault(drawn)) throw new Error(drawn.fault);
  return [...drawn.data];
}

/** The same samples, drawn as the viewport has the library draw them. */
function drawnByLibrary(drawn: DrawnSamples): readonly number[] {
  const { lower, upper } = sampleRange(drawn, drawn.initial);
  const { windowWidth, windowCenter } = toWindowLevel(lower, upper);
  const image = { minPixelValue: 0, maxPixelValue: 0xffff, slope: 1, intercept: 0 } as Parameters<
    typeof generateLut
  >[0];
  const lut = generateLut(image, windowWidth, windowCenter, drawn.inverted, undefined as never, undefined as never);
  return [...drawn.samples].map((sample) => lut[sample]!);
}

function greatestDifference(one: readonly number[], other: readonly number[]): number {
  return Math.max(...one.map((value, i) => Math.abs(value - other[i]!)));
}

const SAMPLES = {
  uint8: { make: (values: readonly number[]) => Uint8Array.from(values).buffer, least: 0, greatest: 255 },
  int8: { make: (values: readonly number[]) => Int8Array.from(values).buffer, least: -128, greatest: 127 },
  uint16: { make: (values: readonly number[]) => Uint16Array.from(values).buffer, least: 0, greatest: 65535 },
  int16: { make: (values: readonly number[]) => Int16Array.from(values).buffer, least: -32768, greatest: 32767 },
} as const;

/** Decimal strings hold them exactly. */
const decimal = (least: number, greatest: number) =>
  fc.integer({ min: least * 8, max: greatest * 8 }).map((n) => n / 8);

const pictures = fc.constantFrom(...(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[])).chain((sample) =>
  fc.record({
    sample: fc.constant(sample),
    values: fc.array(fc.integer({ min: SAMPLES[sample].least, max: SAMPLES[sample].greatest }), {
      minLength: 6,
      maxLength: 6,
    }),
    slope: decimal(-4, 4).filter((slope) => slope !== 0),
    intercept: decimal(-500, 500),
    photometric: fc.constantFrom('MONOCHROME1', 'MONOCHROME2'),
    window: fc.option(
      fc.record({
        center: decimal(-500, 2000),
        width: decimal(2, 3000),
        function: fc.constantFrom(...WINDOW_FUNCTIONS),
      }),
    ),
  }),
);

describe('the viewer draws what the core renders', () => {
  test('for every kind of sample, rescale, window and sense of grey, to one level of 255', () => {
    fc.assert(
      fc.property(pictures, ({ values, ...described }) => {
        const picture = { ...PLAIN, ...described } as Described;
        const bytes = SAMPLES[described.sample].make(values);
        const expected = renderedByCore(picture, bytes);
        const drawn = drawnSamples(picture, bytes);
        expect(greatestDifference(drawnByLibrary(drawn), expected)).toBeLessThanOrEqual(1);
        expect(greatestDifference([...greyLevels(drawn)], expected)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('through a VOI LUT that is no line', () => {
    const voiLut = { firstMapped: 10, bits: 12, values: [4095, 0, 1000, 2000] };
    const picture = { ...PLAIN, voiLut };
    const bytes = Uint16Array.of(0, 10, 11, 12, 13, 500).buffer;
    const drawn = drawnSamples(picture, bytes);
    expect(drawn.values).toBe('levels');
    expect(drawnByLibrary(drawn)).toEqual(renderedByCore(picture, bytes));
  });

  test('in a threshold of width 1', () => {
    const picture = { ...PLAIN, window: { center: 100.5, width: 1, function: 'LINEAR' as const } };
    const bytes = Uint16Array.of(0, 99, 100, 101, 102, 500).buffer;
    expect(drawnByLibrary(drawnSamples(picture, bytes))).toEqual(renderedByCore(picture, bytes));
  });
});

describe('samples as they are drawn', () => {
  test('keep each stored integer apart, and tell its value', () => {
    const picture = { ...PLAIN, sample: 'int16' as const, slope: -0.5, intercept: 3 };
    const stored = [-5, 0, 1, 2, 7, 1000];
    const { samples, slope, intercept } = drawnSamples(picture, Int16Array.from(stored).buffer);
    expect([...samples].map((sample) => sample * slope + intercept)).toEqual(stored.map((value) => value * -0.5 + 3));
  });

  test('tell floats apart by 65536 steps; what is no number is the least', () => {
    const picture = { ...PLAIN, sample: 'float32' as const };
    const { samples, slope, intercept } = drawnSamples(
      picture,
      Float32Array.of(-1, 0, 1, 0.5, Number.NaN, 0.25).buffer,
    );
    const values = [...samples].map((sample) => sample * slope + intercept);
    expect(greatestDifference(values, [-1, 0, 1, 0.5, -1, 0.25])).toBeLessThan(2 / 65535);
  });

  test('of one value only are black, and nothing divides by zero', () => {
    const bytes = Uint16Array.of(7, 7, 7, 7, 7, 7).buffer;
    expect([...greyLevels(drawnSamples(PLAIN, bytes))]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(drawnSamples({ ...PLAIN, slope: 0, intercept: 2 }, bytes).initial).toEqual({ lower: 2, upper: 2 });
  });

  test('that are too few are refused', () => {
    expect(() => drawnSamples(PLAIN, new ArrayBuffer(3))).toThrow(RangeError);
  });
});
