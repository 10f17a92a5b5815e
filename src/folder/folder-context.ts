import type { NodeSettings } from '../app/node-context.ts';
import type { Classifier } from '../app/ports.ts';
import type { DerivationRecord } from '../core/derivation/derivation-record.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';

/** What a person or a site chose for a folder; the same words as the node's. */
export interface FolderSettings
  extends Pick<
    NodeSettings,
    'decision' | 'thresholds' | 'kindRules' | 'phasesPerPosition' | 'correlation' | 'derivation'
  > {
  readonly uidPolicy: DerivationRecord['uidPolicy'];
  /** A person's word on every series whose header does not tell its kind. */
  readonly kind?: SequenceKind | undefined;
  /** Decides and reports, and writes nothing. */
  readonly dryRun: boolean;
  /** Files that are there already are replaced. */
  readonly overwrite: boolean;
}

/** How far long work has come, for somebody who waits. */
export interface Progress {
  phase(name: string, total: number): void;
  step(): void;
}

export interface FolderContext {
  readonly settings: FolderSettings;
  /** Starts the recogniser when it is first needed. */
  readonly classifier: () => Promise<Classifier>;
  readonly progress: Progress;
  readonly now: () => number;
  /** Aborted where the person wants an end: nothing more is begun, and nothing half written is left. */
  readonly signal?: AbortSignal;
}
