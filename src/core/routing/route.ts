import type { SequenceKind } from '../series/sequence-kind.ts';

/** What is done with the series that a rule holds for; what a rule leaves open, the site's defaults say. */
export interface RouteChoices {
  readonly mode: 'observe' | 'standardize';
  /** Names of destinations. */
  readonly destinations: readonly string[];
  readonly uidPolicy: 'derive' | 'preserve';
  /** Turned series are delivered as received too. */
  readonly archiveOriginals: boolean;
}

export interface RoutingRule {
  readonly name: string;
  readonly when: {
    readonly callingAeTitles?: readonly string[] | undefined;
    readonly kinds?: readonly SequenceKind[] | undefined;
  };
  readonly choices: Partial<RouteChoices>;
}

export interface RouteSubject {
  readonly callingAeTitle: string;
  readonly kind: SequenceKind;
}

/** The choices of the first rule that holds, over the defaults. */
export function routeFor(subject: RouteSubject, rules: readonly RoutingRule[], defaults: RouteChoices): RouteChoices {
  const rule = rules.find(
    ({ when }) =>
      (when.callingAeTitles === undefined || when.callingAeTitles.includes(subject.callingAeTitle)) &&
      (when.kinds === undefined || when.kinds.includes(subject.kind)),
  );
  return { ...defaults, ...rule?.choices };
}
