import type { Decision } from '../core/decision/decision.ts';
import type { Flag } from '../core/decision/flags.ts';
import type { DecisionSettings, DecisionThresholds } from '../core/decision/thresholds.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import type { RouteChoices, RoutingRule } from '../core/routing/route.ts';
import type { KindRule } from '../core/series/kind-rules.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { Database } from '../store/database.ts';
import type { Classifier, EventLog } from './ports.ts';
import type { TurnInstance } from './turn-instance.ts';

/** What a site chose, as far as use cases look at it. */
export interface NodeSettings {
  readonly series: { readonly quietSeconds: number; readonly maxWaitSeconds: number };
  readonly decision: DecisionSettings & { readonly holdHours: number };
  readonly thresholds: DecisionThresholds;
  readonly kindRules: readonly KindRule[];
  readonly routing: readonly RoutingRule[];
  readonly routeDefaults: RouteChoices;
  /** The AE titles under which destinations are called, and may call themselves. */
  readonly destinationAeTitles: readonly { readonly destination: string; readonly aeTitle: string }[];
  /** How many phases of one slice position are recognised. */
  readonly phasesPerPosition: number;
  /** How many slices count as one independent witness (model manifest). */
  readonly correlation: number;
  readonly derivation: Pick<
    DerivationRecord,
    | 'manufacturer'
    | 'productName'
    | 'softwareVersion'
    | 'modifyingSystem'
    | 'imageTypeValue1'
    | 'seriesDescriptionSuffix'
    | 'seriesNumberOffset'
    | 'privateGeometry'
  >;
}

/** Counters that somebody may watch. */
export interface Observer {
  decided(decision: Decision, kind: SequenceKind): void;
  classified(slices: number, seconds: number): void;
  seriesFinished(seconds: number): void;
  delivered(destination: string, outcome: 'stored' | 'warning' | 'refused' | 'failed'): void;
}

/** What every use case is given. */
export interface NodeContext {
  readonly db: Database;
  readonly log: EventLog;
  readonly now: () => number;
  readonly classifier: Classifier;
  readonly turn: TurnInstance;
  readonly settings: NodeSettings;
  readonly observer: Observer;
  /** Directory under which every file that the database names lies. */
  readonly dataDir: string;
}

/** Flags in the order of first mention, each once. */
export function mergedFlags(...lists: readonly (readonly Flag[])[]): Flag[] {
  return [...new Set(lists.flat())];
}
