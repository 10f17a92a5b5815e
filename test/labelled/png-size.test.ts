import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { assertInflatablePng } from '../../src/labelled/png-size.ts';

const png = (width: number, height: number): Buffer =>
  Buffer.from(encode({ width, height, data: new Uint16Array(width * height).fill(7), depth: 16, channels: 1 }));

describe('a PNG', () => {
  test('is decoded where it inflates to what its header says', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 300],
      [300, 1],
      [256, 208],
    ] as const) {
      expect(() => assertInflatablePng(png(width, height))).not.toThrow();
    }
  });

  test('is not where its header asks for more than a picture has, or its data hold more than its header says', () => {
    const vast = png(4, 4);
    vast.writeUInt32BE(100_000, 16);
    vast.writeUInt32BE(100_000, 20);
    expect(() => assertInflatablePng(vast)).toThrow(/more than a picture can/);
    const data = deflateSync(Buffer.alloc(20_000_000));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const bomb = Buffer.concat([png(4, 4).subarray(0, 33), length, Buffer.from('IDAT'), data, Buffer.alloc(4)]);
    expect(() => assertInflatablePng(bomb)).toThrow(/more than a picture can/);
  });
});
