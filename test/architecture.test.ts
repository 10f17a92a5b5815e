import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'src');

/** What each folder may import besides itself: a folder, or one file of it. Whoever is not here may import everything. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  // What runs: version and log.
  '.': ['app/ports.ts'],
  api: ['core'],
  page: ['core', 'api'],
  part10: ['core'],
  nifti: ['core'],
  phantom: ['core', 'part10'],
  labelled: ['core', 'part10', 'nifti', 'phantom', 'folder', 'inference', 'app'],
  evaluation: ['core', 'app', 'labelled', 'inference', 'phantom/random.ts'],
  config: ['core'],
  app: ['core', 'api', 'part10', 'store', 'spool'],
  store: ['core', 'api'],
  spool: ['core', 'part10', 'app/ports.ts'],
  tls: ['core', 'app/ports.ts'],
  syslog: ['core', 'tls', 'app/ports.ts'],
  dimse: ['core', 'part10', 'tls', 'app/ports.ts'],
  dicomweb: ['core', 'part10', 'tls', 'app/ports.ts'],
  http: ['core', 'api', 'part10', 'tls', 'app/ports.ts'],
  inference: ['core', 'part10', 'app/ports.ts'],
  folder: ['core', 'part10', 'nifti', 'app'],
};

/** The composition root: the node's wiring and the command line. */
const KNOWS_EVERYTHING = ['cli', 'node'];

/** Where a library may be used: a change of library is a change of one folder. */
const HOME_OF: Readonly<Record<string, readonly string[]>> = {
  sqlite3: ['store'],
  'onnxruntime-node': ['inference'],
  'dcmjs-dimse': ['dimse'],
  'dicomweb-client': ['dicomweb'],
  express: ['http', 'dicomweb'],
  yaml: ['config'],
  commander: ['cli'],
  'csv-parse': ['labelled'],
  'fast-png': ['labelled', 'dicomweb'],
  preact: ['page'],
  '@cornerstonejs/core': ['page'],
  'openid-client': ['http'],
  'express-rate-limit': ['http'],
};

interface Import {
  /** Path within src/. */
  readonly file: string;
  /** Path within src/, or the name of a package. */
  readonly target: string;
  readonly isPackage: boolean;
  /** Vanishes when compiled. */
  readonly isType: boolean;
}

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
const imports = files.flatMap(importsOf);

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s(?<type>type\s)?(?:[^'";]*?\sfrom\s)?'(?<static>[^']+)'|\bimport\('(?<dynamic>[^']+)'\)/gm,
  );
  return [...statements].map(({ groups = {} }) => {
    const specifier = (groups['static'] ?? groups['dynamic']) as string;
    const isPackage = !specifier.startsWith('.');
    const target = isPackage ? specifier : relative(SOURCES, join(SOURCES, dirname(file), specifier));
    return { file, target, isPackage, isType: groups['type'] !== undefined };
  });
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] as string) : '.';
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

describe('the layers', () => {
  it('import one way only', () => {
    const wrong = imports
      .filter(({ isPackage }) => !isPackage)
      .filter(({ file, target }) => {
        const [from, to] = [folderOf(file), folderOf(target)];
        return from !== to && ALLOWED[from]?.some((allowed) => allowed === to || allowed === target) === false;
      })
      .map(({ file, target }) => `src/${file} imports ${target}: ${folderOf(file)} may not know ${folderOf(target)}`);
    expect(wrong).toEqual([]);
  });

  it('are all in the table', () => {
    const unknown = [...new Set(files.map(folderOf))].filter(
      (folder) => !Object.hasOwn(ALLOWED, folder) && !KNOWS_EVERYTHING.includes(folder),
    );
    expect(unknown).toEqual([]);
  });

  it('leave the core without packages and without Node', () => {
    const wrong = imports.filter(({ file, isPackage }) => isPackage && folderOf(file) === 'core');
    expect(wrong.map(({ file, target }) => `src/${file} imports ${target}: core is pure`)).toEqual([]);
  });

  it('leave the core without clock, chance and environment', () => {
    const impure = /\b(?:Date\.now|new Date\(\)|Math\.random|process\.|crypto\.|performance\.|setTimeout|fetch\()/;
    const wrong = files
      .filter((file) => folderOf(file) === 'core')
      .filter((file) => impure.test(withoutComments(readFileSync(join(SOURCES, file), 'utf8'))));
    expect(wrong).toEqual([]);
  });

  it('keep each library in its place', () => {
    const wrong = imports
      .filter(({ target, isPackage }) => isPackage && Object.hasOwn(HOME_OF, packageOf(target)))
      .filter(({ file, target }) => HOME_OF[packageOf(target)]?.includes(folderOf(file)) === false)
      .map(({ file, target }) => `src/${file} imports ${target}, which belongs to ${HOME_OF[packageOf(target)]}`);
    expect(wrong).toEqual([]);
  });

  it('have no cycles of imports', () => {
    const next = new Map(files.map((file) => [file, new Set<string>()]));
    for (const { file, target, isPackage, isType } of imports) {
      if (!isPackage && !isType) next.get(file)?.add(target);
    }
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      if (done.has(file) || trail.includes(file)) return;
      for (const target of next.get(file) ?? []) visit(target, [...trail, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('are read by this test: it sees their imports', () => {
    expect(imports.length).toBeGreaterThan(files.length);
    expect(imports).toContainEqual(
      expect.objectContaining({ file: 'config/load-config.ts', target: 'core/errors.ts' }),
    );
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$|\s\/\/ .*$/gm, '');
}

describe('the files', () => {
  it('are short enough to be read: 300 lines at most', () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(SOURCES, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long.map(({ file, lines }) => `src/${file} has ${lines} lines`)).toEqual([]);
  });

  it('have names that say what is in them, in kebab-case', () => {
    const wrong = files.filter(
      (file) =>
        !/^(?:[a-z0-9-]+\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.tsx?$/.test(file.replace(/\.config\.ts$/, '.ts')) ||
        VAGUE.test(file),
    );
    expect(wrong).toEqual([]);
  });

  it('name no path of the machine that they were written on', () => {
    const wrong = repositoryFiles()
      .filter((file) => !/\.(?:onnx|pt|png|dcm|gz|npz|ico)$/.test(file))
      .flatMap((file) =>
        readFileSync(join(ROOT, file), 'utf8')
          .split('\n')
          .flatMap((line, i) => (MACHINE_PATH.test(line) ? [`${file}:${i + 1}: ${line.trim().slice(0, 120)}`] : [])),
      );
    expect(wrong).toEqual([]);
  });
});

const VAGUE = /(?:^|\/)(?:utils?|helpers?|lib|types|index|misc|common|manager|info)\.tsx?$/;
/** Home directories, mounted workplaces and temporary folders, as absolute paths. */
const MACHINE_PATH = /(?<![\w.$~})-])\/(?:home|root|Users|work|workspace|tmp|mnt)\/[\w.-]/;

/** What is committed; in a copy without git, what a clone would hold. */
function repositoryFiles(): readonly string[] {
  try {
    return execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\0')
      .filter((file) => file !== '' && isThere(file));
  } catch {
    const folders = ['src', 'test', 'config', 'docker', '.ci'];
    return folders.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
    );
  }
}

/** A file may be in the index and not on the disk, while somebody works on it. */
function isThere(file: string): boolean {
  try {
    readFileSync(join(ROOT, file));
    return true;
  } catch {
    return false;
  }
}
