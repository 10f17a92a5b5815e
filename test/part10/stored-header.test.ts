import { describe, expect, test } from 'vitest';
import { framePlaces, isFramesFault } from '../../src/part10/frame-places.ts';
import { type ByteReader, readStoredHeader } from '../../src/part10/stored-header.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { encodedDataSet, longs, type MadeElement, shorts, text } from '../support/mr-elements.ts';

const EXPLICIT = encodingOf('1.2.840.10008.1.2.1')!;
const JPEG = encodingOf('1.2.840.10008.1.2.4.70')!;

/** Counts what is read of it. */
function reader(bytes: Uint8Array): ByteReader & { readonly greatest: () => number } {
  let greatest = 0;
  return {
    length: bytes.length,
    greatest: () => greatest,
    read: async (start, length) => {
      greatest = Math.max(greatest, length);
      return bytes.subarray(start, start + length);
    },
  };
}

const image = (frames: number, more: readonly MadeElement[] = []): MadeElement[] => [
  text(0x00080018, 'UI', '1.2.3'),
  shorts(0x00280002, 1),
  text(0x00280008, 'IS', String(frames)),
  shorts(0x00280010, 4),
  shorts(0x00280011, 3),
  shorts(0x00280100, 16),
  ...more,
];
const fragment = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from('feff00e0', 'hex'), longs(bytes.length), bytes]);
const END = Buffer.concat([Buffer.from('feffdde0', 'hex'), longs(0)]);

/** Encapsulated pixels behind a header, and something behind them. */
function encapsulated(frames: number, items: readonly Buffer[]): Buffer {
  const opening = Buffer.concat([Buffer.from('e07f1000', 'hex'), Buffer.from('OB\0\0', 'latin1'), longs(0xffffffff)]);
  const behind = encodedDataSet([{ tag: 0xfffcfffc, vr: 'OB', value: Buffer.alloc(300_000) }], { explicit: true });
  const header = encodedDataSet(image(frames), { explicit: true });
  return Buffer.concat([header, opening, ...items.map(fragment), END, behind]);
}

async function framesIn(bytes: Buffer, encoding = EXPLICIT): Promise<readonly string[] | string> {
  const source = reader(bytes);
  const { dataSet, pixelData } = await readStoredHeader(source, encoding);
  const places = await framePlaces(dataSet, pixelData!, source);
  if (isFramesFault(places)) return places.fault;
  return places.map((ranges) =>
    ranges.map(({ start, length }) => bytes.toString('latin1', start, start + length)).join(''),
  );
}

describe('the header of a stored instance', () => {
  test('is read without the pixels, whose place is told', async () => {
    const pixels = Buffer.alloc(2_000_000, 7);
    const bytes = encodedDataSet([...image(1), { tag: 0x7fe00010, vr: 'OW', value: pixels }], { explicit: true });
    const source = reader(bytes);
    const { dataSet, pixelData } = await readStoredHeader(source, EXPLICIT);
    expect(dataSet.strings(0x00080018)).toEqual(['1.2.3']);
    expect(dataSet.has(0x7fe00010)).toBe(false);
    expect(pixelData).toEqual({
      tag: 0x7fe00010,
      vr: 'OW',
      start: bytes.length - pixels.length,
      length: pixels.length,
    });
    expect(source.greatest()).toBeLessThan(200_000);
  });

  test('may be long: more is read until the pixels come, or nothing', async () => {
    const private1 = { tag: 0x00291010, vr: 'OB', value: Buffer.alloc(700_000) };
    const private2 = { tag: 0x00291020, vr: 'OB', value: Buffer.alloc(1_000_000) };
    const pixels = { tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(24) };
    const whole = await readStoredHeader(
      reader(encodedDataSet([...image(1, [private1, private2]), pixels], { explicit: true })),
      EXPLICIT,
    );
    expect(whole.pixelData?.length).toBe(24);
    const without = await readStoredHeader(reader(encodedDataSet(image(1, [private1]), { explicit: true })), EXPLICIT);
    expect(without.pixelData).toBeUndefined();
    expect(without.dataSet.has(0x00291010)).toBe(true);
  });

  test('tells the pixels of a small data set that something large follows', async () => {
    const bytes = encapsulated(1, [Buffer.alloc(0), Buffer.from('ab')]);
    const { pixelData } = await readStoredHeader(reader(bytes), JPEG);
    expect(pixelData).toMatchObject({ length: undefined });
  });
});

describe('frames', () => {
  test('of native pixels follow one another', async () => {
    const pixels = Buffer.from('a'.repeat(24) + 'b'.repeat(24));
    const two = encodedDataSet([...image(2), { tag: 0x7fe00010, vr: 'OW', value: pixels }], { explicit: true });
    expect(await framesIn(two)).toEqual(['a'.repeat(24), 'b'.repeat(24)]);
    const three = encodedDataSet([...image(3), { tag: 0x7fe00010, vr: 'OW', value: pixels }], { explicit: true });
    expect(await framesIn(three)).toMatch(/shorter than/);
    const many = encodedDataSet([...image(2_000_000_000), { tag: 0x7fe00010, vr: 'OW', value: pixels }], {
      explicit: true,
    });
    expect(await framesIn(many)).toMatch(/Number of Frames/);
  });

  test('of encapsulated pixels: all fragments of one, one fragment each, or as the offset table says', async () => {
    const [a, b, c] = ['aaaa', 'bb', 'cccccc'].map((letters) => Buffer.from(letters));
    const none = Buffer.alloc(0);
    expect(await framesIn(encapsulated(1, [none, a!, b!, c!]), JPEG)).toEqual(['aaaabbcccccc']);
    expect(await framesIn(encapsulated(3, [none, a!, b!, c!]), JPEG)).toEqual(['aaaa', 'bb', 'cccccc']);
    const table = Buffer.concat([longs(0), longs(8 + 4 + 8 + 2)]);
    expect(await framesIn(encapsulated(2, [table, a!, b!, c!]), JPEG)).toEqual(['aaaabb', 'cccccc']);
    expect(await framesIn(encapsulated(2, [none, a!, b!, c!]), JPEG)).toMatch(/which fragments/);
    const wrong = Buffer.concat([longs(0), longs(5)]);
    expect(await framesIn(encapsulated(2, [wrong, a!, b!, c!]), JPEG)).toMatch(/beside/);
  });
});
