import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { passwordCheck } from '../../src/http/sign-in/passwords.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `cmr-node users …` as a program of its own, because it reads standard input. */
async function users(command: string, input: string) {
  const parameters = ['--import', 'tsx', 'src/cli/main.ts', 'users', command];
  const child = spawn(process.execPath, parameters, { cwd: ROOT, stdio: 'pipe' });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...said };
}

describe('cmr-node users', () => {
  test('hash prints what lets the password in, and does not repeat it', async () => {
    const { code, stdout } = await users('hash', 'correct horse battery\n');
    expect(code).toBe(0);
    expect(stdout).not.toContain('horse');
    const { check } = passwordCheck([{ name: 'anna', role: 'viewer', passwordHash: stdout.trim() }]);
    expect(await check('anna', 'correct horse battery')).toBeDefined();
    expect(await check('anna', 'correct horse battery\n')).toBeUndefined();
  });

  test.each([
    ['short', /at least 12 characters/],
    ['  correct horse battery ', /without blanks/],
  ])('hash refuses %j without repeating it', async (password, why) => {
    const { code, stdout, stderr } = await users('hash', password);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(why);
    expect(stderr).not.toContain(password.trim());
  });

  test('token prints another token each time, with the digest that is configured', async () => {
    const [one, other] = await Promise.all([users('token', ''), users('token', '')]);
    const [, token = '', digest] = /^token +(\S{43})\ntokenSha256 +(\w{64})\n$/.exec(one.stdout) ?? [];
    expect(createHash('sha256').update(token).digest('hex')).toBe(digest);
    expect(one.stdout).not.toBe(other.stdout);
  });
});
