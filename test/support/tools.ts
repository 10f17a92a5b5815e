import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps daemons such as Orthanc where an ordinary user's PATH does not look. */
const FURTHER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/**
 * Path of a program that a test needs as its peer. Undefined, with a notice, where it is not installed, so that the
 * test can be skipped; where CI=true its absence is a failure, so that CI never goes green without its peers.
 */
export function requireTool(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...FURTHER_FOLDERS];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined && process.env['CI'] === 'true') {
    throw new Error(`${name} is not installed, and CI must not skip the tests that need it`);
  }
  if (found === undefined) {
    console.info(`${name} is not installed: the tests that need it are skipped`);
  }
  return found;
}
