import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { messageOf, NodeError } from '../core/errors.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { ClassifierReply, ClassifierRequest } from './classifier-messages.ts';

/** How much of what the child last wrote to its standard error is kept to explain its end. */
const KEPT_STDERR = 2000;
const LAST_WORDS_MS = 50;
/** How long a child that was told to end may take before it is killed. */
const STOP_MS = 2000;

interface Pending {
  readonly resolve: (predictions: readonly SlicePrediction[]) => void;
  readonly reject: (error: NodeError) => void;
  readonly timer: NodeJS.Timeout;
}

/** One child process that recognises, from its fork to its end. */
export class ClassifierChild {
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #stderr = '';
  #end: string | undefined;
  /** Resolves, in plain words, when the child has ended. */
  readonly ended: Promise<string>;

  /** @param url of the child's main module: TypeScript where this runs from source, JavaScript where it was built */
  constructor(url: URL) {
    this.#process = fork(fileURLToPath(url), [], {
      serialization: 'advanced',
      execArgv: url.pathname.endsWith('.ts') ? ['--import', typescriptLoader()] : [],
      // Standard output belongs to the parent's reports.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    this.#process.on('message', (reply: ClassifierReply) => this.#settle(reply));
    this.ended = new Promise((resolve) => {
      const end = (reason: string) => resolve(this.#rejectAll(reason));
      this.#process.on('error', (error) => end(messageOf(error)));
      this.#process.on('exit', (code, signal) => {
        const reason = signal === null ? `exit status ${code}` : `signal ${signal}`;
        // Its last words may still be on their way; but a grandchild may hold the pipe open for ever.
        const timer = setTimeout(() => end(reason), LAST_WORDS_MS);
        this.#process.on('close', () => {
          clearTimeout(timer);
          end(reason);
        });
      });
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get alive(): boolean {
    return this.#end === undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** @throws NodeError what the child answered; classifier-failed where it died, or gave no answer and was killed */
  request(request: ClassifierRequest, timeoutMs: number): Promise<readonly SlicePrediction[]> {
    if (!this.alive) return this.ended.then((reason) => Promise.reject(died(reason)));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#kill(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#process.send({ id, request }, (error) => {
        if (error !== null) this.#kill(`it cannot be reached: ${messageOf(error)}`);
      });
    });
  }

  /** Ends the child; calls that wait for it are rejected. */
  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #kill(reason: string): void {
    this.#rejectAll(reason);
    this.#process.kill('SIGKILL');
  }

  #settle(reply: ClassifierReply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    this.#pending.delete(reply.id);
    clearTimeout(pending.timer);
    if (reply.ok) pending.resolve(reply.predictions);
    else pending.reject(new NodeError(reply.code, reply.message));
  }

  /** The first reason of the end is the one that counts; returns it. */
  #rejectAll(reason: string): string {
    const wrote = this.#stderr.trim();
    this.#end ??= wrote === '' ? reason : `${reason}; it last wrote: ${wrote}`;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(died(this.#end));
    }
    this.#pending.clear();
    return this.#end;
  }
}

function died(reason: string): NodeError {
  return new NodeError('classifier-failed', `The recognising process ended: ${reason}`);
}

/** Only where this runs from source, in development and tests; the build has no need of it. */
function typescriptLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
