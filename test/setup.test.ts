import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'setup-'));
  put('src/setup.mjs', readFileSync(join(ROOT, 'src/setup.mjs'), 'utf8'));
  put('src/app/main.ts', 'export const answer: number = 42;\n');
  put('src/store/migrations/0001.sql', 'CREATE TABLE t (x);\n');
  put('package.json', '{ "name": "project", "version": "1.0.0", "type": "module" }');
  put('package-lock.json', lockFile({}));
  put('node_modules/.package-lock.json', lockFile({}));
  for (const file of ['tsconfig.json', 'tsconfig.build.json']) cpSync(join(ROOT, file), join(project, file));
  symlinkSync(join(ROOT, 'node_modules/typescript'), join(project, 'node_modules/typescript'));
  symlinkSync(join(ROOT, 'node_modules/@types'), join(project, 'node_modules/@types'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function lockFile(packages: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ name: 'project', version: '1.0.0', lockfileVersion: 3, requires: true, packages });
}

interface Outcome {
  readonly code: number;
  readonly said: string;
}

/** npm is a program that only tells that it was called, so that no test goes to the registry. */
function setUp(args: readonly string[] = []): Promise<Outcome> {
  put('npm/npm-cli.js', 'console.error("npm was called", process.argv.slice(2).join(" ")); process.exit(1);');
  put('npm/package.json', '{ "type": "commonjs" }');
  const env = { ...process.env, npm_execpath: join(project, 'npm/npm-cli.js') };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/setup.mjs', ...args], { cwd: project, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr });
    });
  });
}

describe('set-up', () => {
  it('builds, brings along what is not compiled, and says and does nothing the second time', async () => {
    expect(await setUp()).toEqual({ code: 0, said: 'Building.\n' });
    expect(readFileSync(join(project, 'dist/app/main.js'), 'utf8')).toContain('answer = 42');
    expect(existsSync(join(project, 'dist/store/migrations/0001.sql'))).toBe(true);
    expect(await setUp()).toEqual({ code: 0, said: '' });
  });

  it('builds again when a source or an asset changed, and removes what has no source any more', async () => {
    await setUp();
    put('src/store/migrations/0001.sql', 'CREATE TABLE t (y);\n');
    put('src/app/other.ts', 'export const other = 1;\n');
    rmSync(join(project, 'src/app/main.ts'));
    expect(await setUp()).toEqual({ code: 0, said: 'Building.\n' });
    expect(readFileSync(join(project, 'dist/store/migrations/0001.sql'), 'utf8')).toContain('(y)');
    expect(existsSync(join(project, 'dist/app/other.js'))).toBe(true);
    expect(existsSync(join(project, 'dist/app/main.js'))).toBe(false);
  });

  it('bundles the page, keeps the bundle, and bundles it again when its source changed', async () => {
    symlinkSync(join(ROOT, 'node_modules/vite'), join(project, 'node_modules/vite'));
    cpSync(join(ROOT, 'src/page/vite.config.ts'), join(project, 'src/page/vite.config.ts'), { recursive: true });
    put('src/page/index.html', '<!doctype html><script type="module" src="./main.tsx"></script>');
    put('src/page/main.tsx', 'document.title = "first";\n');
    const bundled = () => readdirSync(join(project, 'dist/page/assets')).map((file) => textOf(`assets/${file}`));
    const textOf = (file: string) => readFileSync(join(project, 'dist/page', file), 'utf8');
    expect(await setUp()).toEqual({ code: 0, said: 'Building.\n' });
    expect(bundled()).toEqual([expect.stringContaining('first')]);
    expect(textOf('index.html')).toMatch(/src="\/assets\/[^"]+\.js"/);
    expect(existsSync(join(project, 'dist/page/vite.config.js'))).toBe(false);
    expect(await setUp()).toEqual({ code: 0, said: '' });
    put('src/page/main.tsx', 'document.title = "second";\n');
    expect(await setUp()).toEqual({ code: 0, said: 'Building.\n' });
    expect(bundled()).toEqual([expect.stringContaining('second')]);
    rmSync(join(project, 'src/page'), { recursive: true });
    await setUp();
    expect(existsSync(join(project, 'dist/page/index.html'))).toBe(false);
  });

  it('says in plain words that the sources do not compile, and tries again the next time', async () => {
    put('src/app/main.ts', 'export const answer: number = "42";\n');
    for (const attempt of [await setUp(), await setUp()]) {
      expect(attempt.code).toBe(1);
      expect(attempt.said).toMatch(/main\.ts.*not assignable[\s\S]*The sources do not compile/);
    }
  });

  it('installs packages when they are missing or others than the lock file says', async () => {
    const wanted = { 'node_modules/a': { version: '2.0.0', integrity: 'sha512-a' } };
    put('package-lock.json', lockFile(wanted));
    expect((await setUp()).said).toMatch(/npm was called ci .*--include=dev/);
    put('node_modules/.package-lock.json', lockFile({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }));
    expect((await setUp()).said).toMatch(/npm was called/);
    put('node_modules/.package-lock.json', lockFile(wanted));
    expect(await setUp()).toEqual({ code: 0, said: 'Building.\n' });
  });

  it('does not ask for packages of other machines', async () => {
    put('package-lock.json', lockFile({ 'node_modules/a': { version: '2.0.0', optional: true, os: ['aix'] } }));
    expect((await setUp()).code).toBe(0);
  });

  it('refuses an option that it does not know', async () => {
    expect(await setUp(['--copy'])).toEqual({ code: 1, said: expect.stringContaining('there is only --copy-assets') });
  });
});

describe('package-lock.json', () => {
  it('holds the packages of every platform, without which npm ci refuses to work', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });
});
