import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NodeError } from '../core/errors.ts';
import { PACKAGE_ROOT } from '../version.ts';

/** What the programs in models/training import, and the Debian packages that hold it. */
const MODULES = ['numpy', 'scipy', 'torch'] as const;
const DEBIAN_PACKAGES = 'python3-numpy python3-scipy python3-torch';
const LIST_MISSING = `import importlib.util as u; print(*(m for m in ${JSON.stringify(MODULES)} if u.find_spec(m) is None))`;

/**
 * Whether a Python can train at all, to be told before the work that leads up to it.
 * @throws NodeError configuration-invalid, naming what is missing
 */
export async function assertCanTrain(python: string): Promise<void> {
  const { stdout } = await promisify(execFile)(python, ['-c', LIST_MISSING]).catch((cause: unknown) => {
    throw lacking(`${python} cannot be run`, cause);
  });
  const missing = stdout.trim();
  if (missing !== '') throw lacking(`${python} has no ${missing.replaceAll(' ', ', ')}`);
}

function lacking(what: string, cause?: unknown): NodeError {
  const need = `training needs Python 3 with ${MODULES.join(', ')} (Debian: apt-get install ${DEBIAN_PACKAGES})`;
  return new NodeError('configuration-invalid', `${what}: ${need}; --python names another one`, { cause });
}

/**
 * Runs one of the programs in models/training; what it tells goes to standard error.
 * @returns its exit code
 * @throws AbortError where it was interrupted, once it has ended
 */
export async function runTrainingProgram(
  name: string,
  { python, args, signal }: { readonly python: string; readonly args: readonly string[]; readonly signal: AbortSignal },
): Promise<number> {
  signal.throwIfAborted();
  const program = fileURLToPath(new URL(`models/training/${name}`, PACKAGE_ROOT));
  // Nothing is written beside the program (-B): its folder may belong to somebody else.
  const child = spawn(python, ['-B', program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (bytes: Buffer) => process.stderr.write(bytes.toString()));
  const end = (): boolean => child.kill();
  signal.addEventListener('abort', end);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => signal.removeEventListener('abort', end));
  signal.throwIfAborted();
  return code ?? 1;
}
