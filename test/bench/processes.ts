import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** DCMTK, on its own and inside Orthanc, waits 40 ms for each answer unless it is told not to (Nagle's algorithm). */
const ENVIRONMENT = { ...process.env, TCP_NODELAY: '1' };

/** Starts a server and waits until its port answers. */
export async function startServer(
  program: string,
  parameters: readonly string[],
  { port, environment = {} }: { readonly port: number; readonly environment?: NodeJS.ProcessEnv },
): Promise<ChildProcess> {
  const child = spawn(program, parameters, {
    env: { ...ENVIRONMENT, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const until = Date.now() + 30_000; Date.now() < until && child.exitCode === null; await delay(50)) {
    if (await answers(port)) return child;
  }
  child.kill('SIGKILL');
  throw new Error(`${program} did not start`);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const answer = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch(() => [new Error()]);
  socket.destroy();
  return answer.length === 0;
}

/** Runs a program to its end. */
export async function runProgram(program: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(program, parameters, { env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

export async function stopServer(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
