import { setTimeout as sleep } from 'node:timers/promises';
import type { Classifier } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { ModelIdentity, SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';
import type { ClassifierChild } from './classifier-child.ts';
import { inOrder } from './in-order.ts';
import { pictureBatches } from './picture-batches.ts';
import { type LadderOptions, type OpenedChild, openOnFirstProvider } from './provider-ladder.ts';

/** One batch is computed while the next one already waits in the child. */
const BATCHES_IN_FLIGHT = 2;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export interface SupervisionOptions extends LadderOptions {
  readonly model: Omit<ModelIdentity, 'provider'>;
  /** In the order in which a restart tries them; the first is the one in use. */
  readonly providers: readonly string[];
  /** How long the child may take for one batch before it is killed. */
  readonly batchTimeoutMs: number;
}

/** The recogniser over a child process, which is started again when it died. */
export class SupervisedClassifier implements Classifier {
  readonly #options: SupervisionOptions;
  readonly #inOrder = inOrder(BATCHES_IN_FLIGHT);
  readonly #closing = new AbortController();
  #opened: OpenedChild;
  #restart: Promise<OpenedChild> | undefined;
  #failures = 0;

  constructor(opened: OpenedChild, options: SupervisionOptions) {
    this.#options = options;
    this.#opened = opened;
    this.#watch(opened);
  }

  get model(): ModelIdentity {
    return { ...this.#options.model, provider: this.#opened.provider };
  }

  async classify(images: readonly GreyImage[]): Promise<readonly SlicePrediction[]> {
    let failed = false;
    const classifyBatch = async (batch: readonly GreyImage[]): Promise<readonly SlicePrediction[]> => {
      if (failed) return [];
      try {
        return await this.#classifyBatch(batch);
      } catch (error) {
        failed = true;
        throw error;
      }
    };
    const batches = pictureBatches(images).map((batch) => this.#inOrder(() => classifyBatch(batch)));
    return (await Promise.all(batches)).flat();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#restart?.catch(() => undefined);
    await this.#opened.child.stop();
  }

  async #classifyBatch(images: readonly GreyImage[]): Promise<readonly SlicePrediction[]> {
    const child = await this.#livingChild();
    const predictions = await child.request({ kind: 'classify', images }, this.#options.batchTimeoutMs);
    this.#failures = 0;
    return predictions;
  }

  async #livingChild(): Promise<ClassifierChild> {
    if (this.#closing.signal.aborted) throw new NodeError('classifier-failed', 'The recogniser was closed');
    if (this.#opened.child.alive) return this.#opened.child;
    this.#restart ??= this.#startAgain().finally(() => {
      this.#restart = undefined;
    });
    return (await this.#restart).child;
  }

  /** The pause grows with every failure in a row, so that a broken driver does not keep the machine busy. */
  async #startAgain(): Promise<OpenedChild> {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, this.#failures - 1));
    const { providers, log } = this.#options;
    try {
      await sleep(pauseMs, undefined, { signal: this.#closing.signal });
      this.#opened = await openOnFirstProvider(providers, this.#options);
    } catch (cause) {
      this.#failures++;
      throw new NodeError('classifier-failed', `The recogniser cannot be started again: ${messageOf(cause)}`, {
        cause,
      });
    }
    this.#watch(this.#opened);
    log.info('classifier-restarted', { provider: this.#opened.provider, pid: this.#opened.child.pid });
    return this.#opened;
  }

  #watch({ child, provider }: OpenedChild): void {
    void child.ended.then((reason) => {
      if (this.#closing.signal.aborted) return;
      this.#failures++;
      this.#options.log.error('classifier-died', { provider, reason });
    });
  }
}
