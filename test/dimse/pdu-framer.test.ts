import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../src/dimse/pdu.ts';
import { PduFramer } from '../../src/dimse/pdu-framer.ts';
import { pdu } from './raw-peer.ts';

const limits = { associate: 500, dataTransfer: 1_000 };

function framed(chunks: readonly Buffer[]): readonly Buffer[] {
  const framer = new PduFramer(limits);
  return chunks.flatMap((chunk) => {
    framer.push(chunk);
    const whole: Buffer[] = [];
    for (let next = framer.next(); next !== undefined; next = framer.next()) {
      whole.push(next);
    }
    return whole;
  });
}

const somePdu = fc
  .tuple(fc.constantFrom(1, 2, 4), fc.uint8Array({ maxLength: 500 }))
  .map(([type, body]) => pdu(type, Buffer.from(body)));

describe('PDU framer', () => {
  test('gives the same whole PDUs however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(somePdu, { maxLength: 6 }), fc.array(fc.nat(600), { maxLength: 20 }), (pdus, cuts) => {
        const stream = Buffer.concat(pdus);
        const edges = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
        const chunks = edges.slice(1).map((end, index) => stream.subarray(edges[index], end));
        expect(Buffer.concat(framed(chunks)).equals(stream)).toBe(true);
        expect(framed(chunks)).toHaveLength(pdus.length);
      }),
    );
  });

  test('refuses by its header a PDU that is longer than its kind may be, or of no kind', () => {
    for (const header of [
      [4, 0, 0, 0, 0x03, 0xe9],
      [1, 0, 0, 0, 0x01, 0xf5],
      [5, 0, 0, 0, 0, 5],
      [0, 0, 0, 0, 0, 4],
      [8, 0, 0, 0, 0, 4],
    ]) {
      expect(() => framed([Buffer.from(header)])).toThrow(ProtocolError);
    }
  });

  test('knows whether a PDU is under way', () => {
    const framer = new PduFramer(limits);
    expect(framer.midway).toBe(false);
    framer.push(Buffer.from([4, 0, 0]));
    expect(framer.next()).toBeUndefined();
    expect(framer.midway).toBe(true);
    framer.push(Buffer.from([0, 0, 1]));
    expect(framer.next()).toBeUndefined();
    framer.push(Buffer.from([9]));
    expect(framer.next()).toHaveLength(7);
    expect(framer.midway).toBe(false);
  });
});
