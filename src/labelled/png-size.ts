import { inflateSync } from 'node:zlib';
import { NodeError } from '../core/errors.ts';

/** No slice of MR has more pixels. */
const MOST_PIXELS = 2 ** 26;
/** Signature, and length and type of the first chunk, IHDR. */
const HEADER_START = 16;
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * A PNG of some bytes can hold gigabytes: its decoder is only given one that inflates to what its header says. Other
 * faults are left to the decoder.
 * @throws NodeError not-an-instance
 */
export function assertInflatablePng(bytes: Buffer): void {
  if (bytes.length < HEADER_START + 13) return;
  const [width, height] = [bytes.readUInt32BE(HEADER_START), bytes.readUInt32BE(HEADER_START + 4)];
  if (width * height > MOST_PIXELS) throw tooLarge();
  const bitsPerPixel = bytes.readUInt8(HEADER_START + 8) * (CHANNELS[bytes.readUInt8(HEADER_START + 9)] ?? 1);
  // Each row begins with its filter; the passes of an interlaced picture have up to twice as many rows.
  const expected = height * (Math.ceil((width * bitsPerPixel) / 8) + 2) + 64;
  try {
    inflateSync(imageData(bytes), { maxOutputLength: expected });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge();
  }
}

/** The IDAT chunks put together. */
function imageData(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return Buffer.concat(parts);
}

function tooLarge(): NodeError {
  return new NodeError('not-an-instance', 'the PNG holds more than a picture can');
}
