import type { NodeContext } from '../node-context.ts';

/** What acts of persons are given; a command beside a running node has it as well. */
export type ReviewContext = Pick<NodeContext, 'db' | 'dataDir' | 'log' | 'now' | 'turn' | 'observer'> & {
  readonly settings: Pick<NodeContext['settings'], 'routing' | 'routeDefaults' | 'derivation'>;
  /** Names of the destinations that there are. */
  readonly destinations: readonly string[];
  /** Something was queued, or withdrawn. */
  readonly wake: () => void;
};
