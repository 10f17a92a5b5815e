import { LIVE_TOPICS, type LiveTopic } from '../api/live.ts';
import { messageOf } from '../core/errors.ts';
import { type ChangeMarkers, changeMarkers, dataVersion } from '../store/change-markers.ts';
import type { NodeContext } from './node-context.ts';

/** Somebody who wants to know what changed. */
export interface LiveListener {
  /** After it began to listen; what changed before, or while it did not, nobody tells. */
  changed(topics: readonly LiveTopic[]): void;
  /** Nothing more will come: the node stops. */
  ended(): void;
}

const LOOK_EVERY_MS = 1000;

/**
 * Looks into the database for whoever listens, and only while somebody does: what a command beside the node changed is
 * seen like what the node changed.
 */
export class LiveChanges {
  readonly #context: Pick<NodeContext, 'db' | 'log'>;
  readonly #everyMs: number;
  /** And what each knows of; undefined until the first look. */
  readonly #listeners = new Map<LiveListener, ChangeMarkers | undefined>();
  #seen: { readonly version: number; readonly markers: ChangeMarkers } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | undefined;
  #closed = false;

  constructor(context: Pick<NodeContext, 'db' | 'log'>, everyMs = LOOK_EVERY_MS) {
    this.#context = context;
    this.#everyMs = everyMs;
  }

  /** @returns what ends it. */
  listen(listener: LiveListener): () => void {
    if (this.#closed) {
      listener.ended();
      return () => {};
    }
    const isLooking = this.#timer !== undefined || this.#look !== undefined;
    // Of the look before: a change since then is told, and none is missed.
    this.#listeners.set(listener, isLooking ? this.#seen?.markers : undefined);
    if (!isLooking) this.#begin();
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const listeners = [...this.#listeners.keys()];
    this.#listeners.clear();
    for (const listener of listeners) listener.ended();
    await this.#look;
  }

  #begin(): void {
    this.#look = this.#tell().finally(() => {
      this.#look = undefined;
      this.#timer = undefined;
      if (this.#listeners.size > 0) this.#timer = setTimeout(() => this.#begin(), this.#everyMs);
    });
  }

  async #tell(): Promise<void> {
    try {
      const markers = await this.#read();
      for (const [listener, known = markers] of this.#listeners) {
        const topics = LIVE_TOPICS.filter((topic) => markers[topic] !== known[topic]);
        this.#listeners.set(listener, markers);
        if (topics.length > 0) listener.changed(topics);
      }
    } catch (error) {
      this.#context.log.warn('live-changes-not-read', { message: messageOf(error) });
    }
  }

  async #read(): Promise<ChangeMarkers> {
    const { db } = this.#context;
    const version = await dataVersion(db);
    if (this.#seen?.version !== version) this.#seen = { version, markers: await changeMarkers(db) };
    return this.#seen.markers;
  }
}
