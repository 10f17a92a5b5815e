import { describe, expect, test } from 'vitest';
import { parsePasswordHash } from '../../../src/core/sign-in/password-hash.ts';
import { hashPassword, passwordCheck } from '../../../src/http/sign-in/passwords.ts';

const QUICK = { cost: 16, blockSize: 1, parallelization: 1 };

describe('passwords', () => {
  test('are hashed as hard as they should be, each with a salt of its own', async () => {
    const [one, other] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(one).not.toBe(other);
    expect(parsePasswordHash(one)).toMatchObject({ cost: 32_768, blockSize: 8, parallelization: 3 });
  });

  test('let in whose they are, whole and with their case', async () => {
    const passwordHash = await hashPassword('correct horse', QUICK);
    const { check, isUser } = passwordCheck([{ name: 'anna', role: 'reviewer', passwordHash }]);
    expect(await check('anna', 'correct horse')).toEqual({ name: 'anna', role: 'reviewer' });
    for (const wrong of ['', 'correct hors', 'correct horse ', 'Correct horse']) {
      expect(await check('anna', wrong)).toBeUndefined();
    }
    expect(await check('Anna', 'correct horse')).toBeUndefined();
    expect([isUser('anna'), isUser('Anna'), isUser('__proto__')]).toEqual([true, false, false]);
  });

  test('are the same however a keyboard composes their letters', async () => {
    const passwordHash = await hashPassword('Hérz-und-Kammer', QUICK);
    const { check } = passwordCheck([{ name: 'anna', role: 'viewer', passwordHash }]);
    expect(await check('anna', 'He\u0301rz-und-Kammer')).toBeDefined();
  });

  test('let nobody in where there are no users', async () => {
    expect(await passwordCheck([]).check('anna', '')).toBeUndefined();
  });

  test('are checked one after another, and not by more than can wait', async () => {
    const passwordHash = await hashPassword('correct horse', QUICK);
    const { check } = passwordCheck([{ name: 'anna', role: 'viewer', passwordHash }]);
    const answers = await Promise.allSettled(Array.from({ length: 40 }, () => check('anna', 'correct horse')));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'too-many-requests' } });
    expect(await check('anna', 'correct horse')).toBeDefined();
  });
});
