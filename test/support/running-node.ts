import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_MILLISECONDS = 40_000;

/** A configuration as a site writes it; `dataDir` and ports are chosen here. */
export type SiteConfig = Readonly<Record<string, unknown>>;

export interface LogLine {
  readonly event: string;
  readonly level: number;
  readonly [detail: string]: unknown;
}

/** One process of the product, what it says, and how it can be ended. */
export interface NodeProcess {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The JSON lines of standard error. */
  readonly log: () => LogLine[];
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

export interface RunningNode extends NodeProcess {
  readonly dimsePort: number;
  readonly httpUrl: string;
  /** The one-time token that it printed. */
  readonly token: string;
  /** Ends it cleanly and resolves with the exit code. */
  stop(): Promise<number | NodeJS.Signals>;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
}

/** A place for a node: its data directory and configuration, which outlive its process. */
export interface NodeSite {
  readonly folder: string;
  readonly dataDir: string;
  readonly configFile: string;
  start(options?: { readonly env?: NodeJS.ProcessEnv; readonly flags?: readonly string[] }): Promise<RunningNode>;
  /** Starts the process without waiting until it is ready: it may be meant to fail. */
  launch(): NodeProcess;
  /** A command of the product on this configuration, to its end. */
  command(...parameters: readonly string[]): Promise<Finished>;
  /** Writes the configuration anew, for the next start. */
  configure(config: SiteConfig): Promise<void>;
  /** Kills what still runs and removes the folder. */
  remove(): Promise<void>;
}

export interface Finished {
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** Fast and quiet, and on ports of its own; a test names what it is about. */
const DEFAULTS: SiteConfig = {
  dimse: { port: 0, aeTitle: 'CMR_NODE' },
  http: { port: 0 },
  embeddedArchive: { port: 0 },
  series: { quietSeconds: 1, maxWaitSeconds: 60 },
  storage: { reserveMegabytes: 1 },
  delivery: { retrySeconds: 0.3, maxRetrySeconds: 1 },
  inference: { executionProviders: ['cpu'] },
};

export async function nodeSite(config: SiteConfig = {}): Promise<NodeSite> {
  const folder = await mkdtemp(join(tmpdir(), 'cmr-node-'));
  const dataDir = join(folder, 'data');
  const configFile = join(folder, 'site.yaml');
  const running = new Set<NodeProcess>();
  const launched = (one: NodeProcess): NodeProcess => {
    running.add(one);
    void one.exited.then(() => running.delete(one));
    return one;
  };
  // JSON is YAML.
  const configure = (site: SiteConfig) =>
    writeFile(configFile, JSON.stringify({ ...DEFAULTS, dataDir, ...site }, undefined, 2));
  await configure(config);
  const launch = ({ flags = [], ...more }: Parameters<NodeSite['start']>[0] = {}) =>
    launched(launchProgram(['serve', '--config', configFile, ...flags], more));
  return {
    folder,
    dataDir,
    configFile,
    configure,
    launch: () => launch(),
    start: (more) => ready(launch(more)),
    command: (...parameters) => finished(launched(launchProgram([...parameters, '--config', configFile]))),
    remove: async () => {
      for (const one of running) one.signal('SIGKILL');
      await Promise.all([...running].map(({ exited }) => exited));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs the built program; the environment of the tests must not configure it. */
export function launchProgram(
  parameters: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): NodeProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CMR_NODE_'));
  const child = spawn(process.execPath, [PROGRAM, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd ?? ROOT,
    env: { ...Object.fromEntries(inherited), ...options.env },
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  }
  return {
    pid: child.pid as number,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    log: () => logLines(said.stderr),
    signal: (signal) => child.kill(signal),
    exited: exitOf(child),
  };
}

export async function finished(program: NodeProcess): Promise<Finished> {
  return { code: await program.exited, stdout: program.stdout(), stderr: program.stderr() };
}

async function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? -1;
}

function logLines(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : []));
}

async function ready(program: NodeProcess): Promise<RunningNode> {
  const started = await waitFor(() => program.log().find(({ event }) => event === 'node-started'), program);
  const httpUrl = `http://127.0.0.1:${String(started['httpPort'])}`;
  await waitFor(async () => (await fetch(`${httpUrl}/health/ready`)).ok || undefined, program);
  const token = await waitFor(() => /^Token +(\S+)/m.exec(program.stdout())?.[1], program);
  return {
    ...program,
    dimsePort: Number(started['dimsePort']),
    httpUrl,
    token,
    stop: () => {
      program.signal('SIGTERM');
      return program.exited;
    },
    kill: async () => {
      program.signal('SIGKILL');
      await program.exited;
    },
  };
}

async function waitFor<T>(look: () => T | undefined | Promise<T | undefined>, program: NodeProcess): Promise<T> {
  const ended = program.exited.then((code) => ({ code }));
  for (const until = Date.now() + START_MILLISECONDS; Date.now() < until; ) {
    const seen = await look();
    if (seen !== undefined) return seen;
    const end = await Promise.race([ended, delay(20)]);
    if (end !== undefined) throw new Error(`the node ended with ${end.code}:\n${program.stderr()}`);
  }
  throw new Error(`the node did not become ready:\n${program.stderr()}`);
}
