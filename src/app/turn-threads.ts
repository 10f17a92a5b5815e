import { Worker } from 'node:worker_threads';
import { NodeError } from '../core/errors.ts';
import type { TurnedInstance, TurnInstance, TurnJob } from './turn-instance.ts';
import type { TurnReply, TurnRequest } from './turn-worker.ts';

/** As many as work side by side on the small machine that a node is meant for. */
const THREADS = 2;
/** A thread that had nothing to do for so long gives its memory back. */
const IDLE_MS = 10_000;
/** Pixels are outside of this: it holds headers only. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

export interface TurnThreads {
  readonly turn: TurnInstance;
  close(): Promise<void>;
}

interface Pending {
  readonly resolve: (turned: TurnedInstance) => void;
  readonly reject: (error: NodeError) => void;
}

/**
 * Threads that turn instances, so that neither the network nor the next decision waits for it. They start when there
 * is something to do; one that dies fails its own instances only, and another takes its place.
 */
export function turnThreads(): TurnThreads {
  const threads: (TurnThread | undefined)[] = new Array(THREADS).fill(undefined);
  let next = 0;
  return {
    turn: (job) => {
      const place = next++ % THREADS;
      const running = threads[place];
      const thread = running?.isAlive === true ? running : new TurnThread();
      threads[place] = thread;
      return thread.turn(job);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread?.close()));
    },
  };
}

class TurnThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  isAlive = true;

  constructor() {
    this.#worker = new Worker(workerUrl(), { resourceLimits: RESOURCE_LIMITS });
    this.#worker.unref();
    this.#worker.on('message', (reply: TurnReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error.message));
    this.#worker.on('exit', (code) => this.#end(`exit status ${code}`));
  }

  turn(job: TurnJob): Promise<TurnedInstance> {
    clearTimeout(this.#idle);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, job } satisfies TurnRequest);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    this.isAlive = false;
    await this.#worker.terminate();
  }

  #settle(reply: TurnReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('turned' in reply) pending?.resolve(reply.turned);
    else pending?.reject(new NodeError(reply.failure.code, reply.failure.message));
    if (this.#pending.size > 0) return;
    this.#idle = setTimeout(() => void this.close(), IDLE_MS);
    this.#idle.unref();
  }

  #end(reason: string): void {
    this.isAlive = false;
    clearTimeout(this.#idle);
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) {
      reject(new NodeError('cannot-reorient', `the thread that turns instances ended: ${reason}`));
    }
  }
}

/** The thread runs from source where this does, and from the build where this does. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './turn-worker.ts' : './turn-worker.js', import.meta.url);
}
