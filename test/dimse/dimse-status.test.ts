import { describe, expect, test } from 'vitest';
import { ERROR_CODES, NodeError } from '../../src/core/errors.ts';
import {
  causeOfStoreStatus,
  isStoreWarning,
  storeAnswerFor,
  storeStatusInWords,
} from '../../src/dimse/dimse-status.ts';

describe('C-STORE status', () => {
  test('every error code is answered with a failure and a comment that fits', () => {
    for (const code of ERROR_CODES) {
      const { status, errorComment } = storeAnswerFor(new NodeError(code, 'Doe^John'));
      expect(isStoreWarning(status) || status === 0).toBe(false);
      expect(errorComment!.length).toBeLessThanOrEqual(64);
      expect(errorComment).not.toContain('Doe');
    }
  });

  test('what is no error of ours is a processing failure', () => {
    expect(storeAnswerFor(new TypeError('Doe^John'))).toEqual({ status: 0x0110, errorComment: 'storage failed' });
  });

  test.each([
    [0xa700, 'out of resources (A700)', false],
    [0xa7ff, 'out of resources (A7FF)', false],
    [0xa900, 'the data set does not match its SOP Class (A900)', false],
    [0xc123, 'it cannot understand the data set (C123)', false],
    [0x0124, 'not authorized (0124)', false],
    [0x0111, 'it holds this SOP Instance UID already (0111)', true],
    [0xb000, 'it changed attribute values (B000)', true],
    [0xb00f, 'stored with a warning (B00F)', true],
    [0x1234, 'unknown failure (1234)', false],
  ])('%i is told in words', (status, words, warning) => {
    expect(storeStatusInWords(status)).toBe(words);
    expect(isStoreWarning(status)).toBe(warning);
  });

  test.each([
    [0xa700, 'out-of-resources'],
    [0xa7ff, 'out-of-resources'],
    [0x0213, 'out-of-resources'],
    [0xa800, 'not-supported'],
    [0x0122, 'not-supported'],
    [0xa901, 'mismatch'],
    [0x0119, 'mismatch'],
    [0xc123, 'not-understood'],
    [0x0124, 'not-authorized'],
    [0x0110, 'processing-failure'],
    [0x1234, 'processing-failure'],
  ])('%i keeps an instance away as %s', (status, cause) => {
    expect(causeOfStoreStatus(status)).toBe(cause);
  });
});
