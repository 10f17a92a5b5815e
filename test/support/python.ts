import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/**
 * Path of a Python 3 that has all of `modules`. Undefined, with a notice, where there is none, so that the test can be
 * skipped; where CI=true its absence is a failure.
 */
export function requirePython(...modules: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'];
  const found = [...new Set(folders)].map((folder) => join(folder, 'python3')).find((python) => has(python, modules));
  const wanted = `Python 3 with ${modules.join(', ')}`;
  if (found === undefined && process.env['CI'] === 'true') {
    throw new Error(`${wanted} is not installed, and CI must not skip the tests that need it`);
  }
  if (found === undefined) console.info(`${wanted} is not installed: the tests that need it are skipped`);
  return found;
}

function has(python: string, modules: readonly string[]): boolean {
  try {
    execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
