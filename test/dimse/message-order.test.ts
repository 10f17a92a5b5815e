import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageOrder } from '../../src/dimse/message-order.ts';
import { ProtocolError } from '../../src/dimse/pdu.ts';
import { pData, pdu, storeCommand } from './raw-peer.ts';

const command = pData(1, { command: true, last: true }, storeCommand({ sopInstanceUid: '1.2.3' }));
const dataSet = pData(1, { command: false, last: true }, Buffer.alloc(10));

function acceptor(): MessageOrder {
  const order = new MessageOrder('acceptor');
  order.accept([1]);
  return order;
}

describe('order of messages', () => {
  test('a C-STORE is under way from its command set to the end of its data set', () => {
    const order = acceptor();
    order.inspect(command);
    expect(order.midway).toBe(true);
    expect(order.command.affectedSopInstanceUid).toBe('1.2.3');
    order.inspect(dataSet);
    expect(order.midway).toBe(false);
  });

  test('a second message in the PDU that ends the first is refused', () => {
    const order = acceptor();
    order.inspect(command);
    const both = pdu(4, Buffer.concat([dataSet.subarray(6), command.subarray(6)]));
    expect(() => order.inspect(both)).toThrow(ProtocolError);
  });

  test('a response is no request, and a request no response', () => {
    const requestor = new MessageOrder('requestor');
    requestor.accept([1]);
    expect(() => requestor.inspect(command)).toThrow(ProtocolError);
  });

  test('arbitrary P-DATA-TFs are refused by name, never by another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (body) => {
        try {
          acceptor().inspect(pdu(4, Buffer.from(body)));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
