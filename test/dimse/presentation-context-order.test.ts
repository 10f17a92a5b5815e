import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../src/dimse/pdu.ts';
import { withContextsInOrder } from '../../src/dimse/presentation-context-order.ts';
import { associateRequest, MR_CONTEXT, pdu } from './raw-peer.ts';

const context = (id: number) => ({ ...MR_CONTEXT, id, abstractSyntax: `1.2.${id}` });

describe('order of presentation contexts', () => {
  test('is ascending afterwards, with nothing else changed', () => {
    const ids = fc.shuffledSubarray([1, 3, 5, 7, 9, 127, 129, 255]);
    fc.assert(
      fc.property(ids, (shuffled) => {
        const sorted = [...shuffled].sort((a, b) => a - b);
        const ordered = withContextsInOrder(associateRequest('NODE', shuffled.map(context)));
        expect(ordered.equals(associateRequest('NODE', sorted.map(context)))).toBe(true);
      }),
    );
  });

  test('an ID that is used twice, or an item that does not fit, is refused', () => {
    const whole = associateRequest('NODE', [context(1)]);
    expect(() => withContextsInOrder(associateRequest('NODE', [context(1), context(1)]))).toThrow(ProtocolError);
    expect(() => withContextsInOrder(whole.subarray(0, whole.length - 1))).toThrow(ProtocolError);
    expect(() => withContextsInOrder(pdu(1, Buffer.alloc(10)))).toThrow(ProtocolError);
  });
});
