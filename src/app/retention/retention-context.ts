import type { NodeContext } from '../node-context.ts';

export type RetentionContext = Pick<NodeContext, 'db' | 'log' | 'now' | 'dataDir'>;

/** What a site chose. */
export interface RetentionSettings {
  /** Results, and what passed through, so many days after the last thing that happened to the series; null: never. */
  readonly days: number | null;
  /** Originals of turned series. */
  readonly originalsOfTurnedDays: number | null;
  /** With less room than this, copies go before their days are over, oldest first. */
  readonly freeBytes: number;
}
