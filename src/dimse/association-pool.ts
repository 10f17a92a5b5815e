import { NodeError } from '../core/errors.ts';
import type { Peer } from './association-failure.ts';
import type { StorageContext } from './association-request.ts';
import { StoreAssociation, type StoreTimes } from './store-association.ts';

export interface PoolOptions {
  readonly peer: Omit<Peer, 'callingAeTitle'>;
  readonly times: StoreTimes;
  /** Associations open at once. */
  readonly most: number;
  /** How long an association stays open for the next batch. */
  readonly idleSeconds: number;
}

export interface Loan {
  readonly association: StoreAssociation;
  /** Used before: the archive may have closed it meanwhile. */
  readonly used: boolean;
  giveBack(): void;
}

interface Idle {
  readonly association: StoreAssociation;
  readonly callingAeTitle: string;
  readonly release: NodeJS.Timeout;
}

/** The associations to one archive: never more than it may have at once, each used again as long as it fits. */
export class AssociationPool {
  readonly #options: PoolOptions;
  readonly #idle = new Set<Idle>();
  readonly #lent = new Set<StoreAssociation>();
  readonly #waiting: (() => void)[] = [];
  #places: number;
  #opening = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#places = options.most;
  }

  /** An association that has negotiated the contexts. @throws NodeError destination-unreachable, destination-refused */
  async borrow(callingAeTitle: string, contexts: readonly StorageContext[]): Promise<Loan> {
    await this.#takePlace();
    try {
      const fitting = this.#takeFitting(callingAeTitle, contexts);
      const association = fitting ?? (await this.#open(callingAeTitle, contexts));
      this.#lent.add(association);
      return { association, used: fitting !== undefined, giveBack: () => this.#takeBack(association, callingAeTitle) };
    } catch (error) {
      this.#freePlace();
      throw error;
    }
  }

  /** Releases what is idle, aborts what is not. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const association of this.#lent) {
      association.abandon();
    }
    for (const next of this.#waiting.splice(0)) {
      next();
    }
    await Promise.all([...this.#idle].map((idle) => this.#release(idle)));
  }

  async #takePlace(): Promise<void> {
    if (this.#places > 0) {
      this.#places -= 1;
    } else {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#closed) {
      this.#freePlace();
      throw this.#closedError();
    }
  }

  /** The place goes to whoever has waited longest. */
  #freePlace(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#places += 1;
    } else {
      next();
    }
  }

  #takeFitting(callingAeTitle: string, contexts: readonly StorageContext[]): StoreAssociation | undefined {
    for (const idle of this.#idle) {
      const { association } = idle;
      const fits =
        idle.callingAeTitle === callingAeTitle && contexts.every((context) => association.hasProposed(context));
      if (fits && association.alive) {
        clearTimeout(idle.release);
        this.#idle.delete(idle);
        return association;
      }
    }
    return undefined;
  }

  async #open(callingAeTitle: string, contexts: readonly StorageContext[]): Promise<StoreAssociation> {
    // An idle association that does not fit still takes up one of the archive's places.
    const [unfitting] = this.#idle;
    if (unfitting !== undefined) {
      await this.#release(unfitting);
    }
    this.#opening += 1;
    const opened = await StoreAssociation.open(
      { ...this.#options.peer, callingAeTitle },
      { times: this.#options.times, contexts },
    ).finally(() => {
      this.#opening -= 1;
    });
    if (this.#closed) {
      opened.abandon();
      throw this.#closedError();
    }
    return opened;
  }

  #takeBack(association: StoreAssociation, callingAeTitle: string): void {
    this.#lent.delete(association);
    if (association.alive && this.#opening > 0) {
      // An archive that serves one association at a time lets the next one wait until this one ends.
      void association.release();
    } else if (association.alive) {
      const idle: Idle = {
        association,
        callingAeTitle,
        release: setTimeout(() => void this.#release(idle), this.#options.idleSeconds * 1_000),
      };
      this.#idle.add(idle);
    }
    this.#freePlace();
  }

  async #release(idle: Idle): Promise<void> {
    clearTimeout(idle.release);
    this.#idle.delete(idle);
    await idle.association.release();
  }

  #closedError(): NodeError {
    const { name } = this.#options.peer;
    return new NodeError('destination-failed', `${name} is closed`, { subject: { destination: name } });
  }
}
