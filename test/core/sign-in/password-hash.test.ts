import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPasswordHash, parsePasswordHash } from '../../../src/core/sign-in/password-hash.ts';

const hex = (minBytes: number, maxBytes: number) =>
  fc.uint8Array({ minLength: minBytes, maxLength: maxBytes }).map((bytes) => Buffer.from(bytes).toString('hex'));

const hashes = fc.record({
  cost: fc.integer({ min: 1, max: 15 }).map((bits) => 2 ** bits),
  blockSize: fc.integer({ min: 1, max: 8 }),
  parallelization: fc.integer({ min: 1, max: 64 }),
  saltHex: hex(8, 64),
  hashHex: hex(16, 64),
});

describe('the form of a password hash', () => {
  test('says what it was made of, and nothing else', () => {
    fc.assert(
      fc.property(hashes, (hash) => {
        expect(parsePasswordHash(formatPasswordHash(hash))).toEqual(hash);
      }),
    );
  });

  test('is one of one: what is read is written the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), hashes, (before, after, hash) => {
        const text = before + formatPasswordHash(hash) + after;
        const parsed = parsePasswordHash(text);
        expect(parsed === undefined || formatPasswordHash(parsed) === text).toBe(true);
      }),
    );
  });

  test.each([
    ['another method', 'bcrypt$16$1$1'],
    ['no power of two', 'scrypt$24$1$1'],
    ['a cost of one', 'scrypt$1$1$1'],
    ['leading zeros', 'scrypt$016$1$1'],
    ['no block', 'scrypt$16$0$1'],
    ['no pass', 'scrypt$16$1$0'],
    ['a cost above what the block size allows', 'scrypt$65536$1$1'],
    ['more memory than a sign-in may take', 'scrypt$1048576$8$1'],
    ['more time than a sign-in may take', 'scrypt$16384$8$65'],
  ])('is not %s', (_what, start) => {
    expect(parsePasswordHash(`${start}$${'ab'.repeat(16)}$${'cd'.repeat(32)}`)).toBeUndefined();
  });

  test('is not without salt, hash or in other digits', () => {
    const [salt, hash] = ['ab'.repeat(16), 'cd'.repeat(32)];
    expect(parsePasswordHash(`scrypt$16$1$1$${salt}$${hash}`)).toBeDefined();
    for (const wrong of [
      `${salt}$`,
      `$${hash}`,
      `${salt}`,
      `${salt.toUpperCase()}$${hash}`,
      `${salt}$${hash}\n`,
      `a$b`,
    ]) {
      expect(parsePasswordHash(`scrypt$16$1$1$${wrong}`)).toBeUndefined();
    }
  });
});
