import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { requireTool } from '../support/tools.ts';

/** DCMTK waits 40 ms for each answer unless it is told not to (Nagle's algorithm). */
const ENVIRONMENT = { ...process.env, TCP_NODELAY: '1' };

export const hasDcmtk = ['storescu', 'echoscu', 'storescp', 'dcmsend'].every((name) => requireTool(name) !== undefined);

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a DCMTK program to its end. */
export async function dcmtk(program: string, ...parameters: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(program, parameters, { env: ENVIRONMENT, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
    });
  });
}

export interface Storescp {
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

/** A DCMTK archive that writes the data sets exactly as they came (+B). */
export async function startStorescp(folder: string, ...parameters: readonly string[]): Promise<Storescp> {
  return startStorescpAt(await freePort(), folder, ...parameters);
}

/** The same where the other side knows the port already. */
export async function startStorescpAt(
  port: number,
  folder: string,
  ...parameters: readonly string[]
): Promise<Storescp> {
  await mkdir(folder, { recursive: true });
  const child = spawn('storescp', ['-aet', 'ARCHIVE', '+xa', '+uf', '+B', '-od', folder, ...parameters, String(port)], {
    env: ENVIRONMENT,
    stdio: 'ignore',
  });
  await listening(port, child);
  return { port, folder, stop: () => stopped(child) };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until && child.exitCode === null; await delay(20)) {
    const socket = connect(port, '127.0.0.1');
    const answer = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch(() => [new Error()]);
    socket.destroy();
    if (answer.length === 0) {
      return;
    }
  }
  throw new Error('storescp did not start');
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
