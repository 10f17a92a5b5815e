/**
 * Everything between a fresh clone and `npm start` or `npm test`: packages, build, assets. Does only what is needed, says
 * what it does, and uses nothing but Node itself, because it runs when nothing else is there yet.
 *
 *   node src/setup.mjs                 packages and build
 *   node src/setup.mjs --copy-assets   what `npm run build` does after the compiler
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const LEAST_NODE = [20, 19];
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = join(ROOT, 'src');
const BUILD = join(ROOT, 'dist');
/** The review page, which is bundled for browsers and not compiled for Node. */
const PAGE = 'page';
/** Says from which sources the build was made. */
const BUILD_STAMP = join(BUILD, '.built-from');
const ONNX_INSTALL = 'ONNXRUNTIME_NODE_INSTALL';

class SetupProblem extends Error {}

async function main(task) {
  checkNode();
  if (task === '--copy-assets') {
    finishBuild();
    return;
  }
  if (task !== undefined) throw new SetupProblem(`${task} is no option: there is only --copy-assets.`);
  if (!packagesAreInstalled()) await installPackages();
  await installGpuProviders();
  if (!buildIsCurrent()) await build();
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    throw new SetupProblem(
      `Node ${LEAST_NODE.join('.')} or newer is needed, and this is Node ${process.versions.node}. See https://nodejs.org.`,
    );
  }
}

/** Whether what npm says it installed is what package-lock.json asks for. npm writes its note last, after all scripts. */
function packagesAreInstalled() {
  const installed = readJson(join(ROOT, 'node_modules', '.package-lock.json'))?.packages;
  if (installed === undefined) return false;
  const wanted = Object.entries(readJson(join(ROOT, 'package-lock.json'))?.packages ?? {});
  return wanted.every(([path, { version, integrity, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const present = installed[path];
    // Optional packages are those of other machines, too.
    if (present === undefined) return optional === true || devOptional === true || peer === true;
    return present.version === version && present.integrity === integrity;
  });
}

async function installPackages() {
  say('Installing packages. The first time this takes a few minutes: the database driver may have to be compiled.');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await run(...npm(args), installSettings());
  if (code === 0) return;
  process.stderr.write(output);
  const compiling = /gyp ERR|node-gyp|prebuild-install/.test(output);
  throw new SetupProblem(
    compiling
      ? 'The database driver sqlite3 could not be compiled. It needs python3, make and g++ (Debian, Ubuntu: apt-get install python3 make g++).'
      : 'The packages could not be installed; npm says why above. Is the npm registry reachable (npm ping)?',
  );
}

/**
 * Nothing comes from elsewhere than the registry. By default onnxruntime-node would download GPU libraries, sqlite3 a
 * ready-made driver and its compiler the headers of Node, from hosts that a hospital's network may not reach.
 */
function installSettings() {
  const settings = { [ONNX_INSTALL]: process.env[ONNX_INSTALL] || 'skip', npm_config_build_from_source: 'sqlite3' };
  const installation = dirname(dirname(process.execPath));
  const version = join(installation, 'include', 'node', 'node_version.h');
  if (process.env.npm_config_nodedir !== undefined || !existsSync(version)) return settings;
  const text = readFileSync(version, 'utf8');
  const headers = ['MAJOR', 'MINOR', 'PATCH']
    .map((part) => new RegExp(`NODE_${part}_VERSION (\\d+)`).exec(text)?.[1])
    .join('.');
  return headers === process.versions.node ? { ...settings, npm_config_nodedir: installation } : settings;
}

/** npm as it was called, or else the one on the path. */
function npm(args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js') && existsSync(cli) ? [process.execPath, [cli, ...args]] : ['npm', args];
}

/** A site with an NVIDIA GPU asks for it by environment variable; onnxruntime-node's own script does it. */
async function installGpuProviders() {
  const wish = process.env[ONNX_INSTALL];
  const folder = join(ROOT, 'node_modules', 'onnxruntime-node');
  const library = join(folder, 'bin/napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so');
  if (wish === undefined || wish === '' || wish === 'skip' || existsSync(library)) return;
  say(`Installing the GPU providers of ONNX Runtime (${ONNX_INSTALL}=${wish}), several hundred megabytes.`);
  const { code, output } = await run(process.execPath, [join(folder, 'script', 'install.js')]);
  if (code === 0) return;
  process.stderr.write(output);
  throw new SetupProblem('The GPU providers could not be installed; the reason is above.');
}

function buildIsCurrent() {
  return existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === sourcesDigest();
}

async function build() {
  say('Building.');
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await run(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')]);
  if (code !== 0) {
    process.stderr.write(output);
    throw new SetupProblem('The sources do not compile; the compiler says why above.');
  }
  await buildPage();
  finishBuild();
}

async function buildPage() {
  const settings = join(SOURCES, PAGE, 'vite.config.ts');
  if (!existsSync(settings)) return;
  const bundler = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await run(process.execPath, [bundler, 'build', '--config', settings]);
  if (code === 0) return;
  process.stderr.write(output);
  throw new SetupProblem('The review page cannot be bundled; the bundler says why above.');
}

/** Copies what is not compiled, removes what has no source any more (an old migration must not run), and signs. */
function finishBuild() {
  const assets = filesIn(SOURCES).filter((file) => !isOfPage(file) && !/\.(ts|md|mjs)$/.test(file));
  for (const file of assets) {
    mkdirSync(dirname(join(BUILD, file)), { recursive: true });
    copyFileSync(join(SOURCES, file), join(BUILD, file));
  }
  const pageHasSource = existsSync(join(SOURCES, PAGE));
  for (const file of existsSync(BUILD) ? filesIn(BUILD) : []) {
    // The bundler empties the page's folder itself; its files have other names than their sources.
    if (isOfPage(file) && pageHasSource) continue;
    const source = file.replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(join(SOURCES, source)) && !assets.includes(file)) rmSync(join(BUILD, file));
  }
  writeFileSync(BUILD_STAMP, sourcesDigest());
}

function isOfPage(file) {
  return file.startsWith(PAGE + sep);
}

/** What the build depends on. Contents and not times: a clone or a checkout sets times as it likes. */
function sourcesDigest() {
  const digest = createHash('sha256');
  const sources = filesIn(SOURCES).filter((file) => !file.endsWith('.md'));
  for (const file of [
    ...sources.map((name) => join('src', name)),
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
  ]) {
    const bytes = readFileSync(join(ROOT, file));
    digest.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return digest.digest('hex');
}

/** Paths within a folder, of the files at every depth. */
function filesIn(folder, within = '') {
  const entries = readdirSync(join(folder, within), { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(within, entry.name);
      return entry.isDirectory() ? filesIn(folder, path) : [path];
    });
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Runs a command quietly; what it printed is for the case that it fails. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    const started = Date.now();
    const patience = setInterval(() => say(`  still at it, ${Math.round((Date.now() - started) / 1000)} s`), 30_000);
    child.on('error', (cause) => {
      clearInterval(patience);
      reject(new SetupProblem(`${command} cannot be started: ${cause.message}`));
    });
    child.on('close', (code) => {
      clearInterval(patience);
      resolve({ code, output: Buffer.concat(output).toString('utf8') });
    });
  });
}

/** On standard error: what a command prints as its result stays alone on standard output. */
function say(text) {
  process.stderr.write(`${text}\n`);
}

try {
  await main(process.argv[2]);
} catch (error) {
  say(error instanceof SetupProblem ? `\nSet-up stopped. ${error.message}` : `\nSet-up stopped: ${error.stack}`);
  process.exitCode = 1;
}
