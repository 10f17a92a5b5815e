import dimse from 'dcmjs-dimse';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CommandSet, ExactCommandSet, parseCommandSet, responseCommandSet } from '../../src/dimse/command-set.ts';
import { Dataset } from '../../src/dimse/dimse-library.ts';
import { ProtocolError } from '../../src/dimse/pdu.ts';
import { storeCommand } from './raw-peer.ts';

const whole = storeCommand({ sopInstanceUid: '1.2.3' });
const damaged = fc
  .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 })
  .map((changes) => {
    const bytes = Buffer.from(whole);
    for (const [at, value] of changes) {
      bytes[at] = value;
    }
    return bytes;
  });

/** What is read, or undefined where the bytes are refused as they must be. */
function accepted(bytes: Buffer): CommandSet | undefined {
  try {
    return parseCommandSet(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return undefined;
  }
}

describe('command set', () => {
  test('is encoded as dcmjs-dimse encodes it, where that is right', () => {
    const elements = {
      CommandField: 1,
      MessageID: 300,
      Priority: 0,
      CommandDataSetType: 0x0102,
      AffectedSOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
      AffectedSOPInstanceUID: '1.2.3',
    };
    const expected = new dimse.Dataset(elements).getDenaturalizedCommandDataset();
    expect(new ExactCommandSet(elements).getDenaturalizedCommandDataset().equals(expected)).toBe(true);
  });

  test('keeps every character of a SOP Instance UID, valid or not', () => {
    const text = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(text, (sopInstanceUid) => {
        const parsed = parseCommandSet(storeCommand({ sopInstanceUid }));
        expect(parsed).toMatchObject({
          commandField: 1,
          messageId: 7,
          hasDataSet: true,
          affectedSopInstanceUid: sopInstanceUid,
        });
        const answer = responseCommandSet({ commandField: 0x8001, request: parsed, status: 0 });
        expect(parseCommandSet(answer.getDenaturalizedCommandDataset())).toMatchObject({
          commandField: 0x8001,
          messageId: 7,
          hasDataSet: false,
          affectedSopInstanceUid: sopInstanceUid,
        });
      }),
    );
  });

  test('that is accepted is understood alike by dcmjs-dimse, however it was damaged', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        const read = accepted(bytes);
        if (read !== undefined) {
          const understood = new Dataset(bytes);
          expect(understood.getElement('CommandField')).toBe(read.commandField);
          expect(Number(understood.getElement('CommandDataSetType')) !== 0x0101).toBe(read.hasDataSet);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('from arbitrary bytes is refused by name, never by another error', () => {
    const cut = fc.nat(whole.length).map((length) => whole.subarray(0, length));
    const random = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(damaged, cut, random), (bytes) => {
        accepted(bytes);
      }),
      { numRuns: 500 },
    );
  });
});
