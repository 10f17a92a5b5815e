/** What is known of one delivery when it is asked whether its file may go. */
export interface DeliveryFacts {
  readonly destination: string;
  /** The destination has it for good: it confirmed, where it can, or it answered Success. */
  readonly isSafe: boolean;
  /** A later decision took the place of the one that it followed: it is never sent (again). */
  readonly isSuperseded: boolean;
}

export interface ResultFacts {
  readonly id: number;
  readonly isRemoved: boolean;
}

export interface InstanceFacts {
  readonly id: number;
  readonly isDecided: boolean;
  readonly isRemoved: boolean;
  /** What it was ever turned to. */
  readonly results: readonly ResultFacts[];
  /** Of itself and of its results. */
  readonly deliveries: readonly DeliveryFacts[];
}

/** What is known of one series. Times are milliseconds since 1970 UTC. */
export interface SeriesFacts {
  readonly isDecided: boolean;
  readonly isHeld: boolean;
  /** See `reviewNeeded`. */
  readonly needsReview: boolean;
  /** It is part of a batch that is not over. */
  readonly isInBatch: boolean;
  /** The last thing that happened to it: an arrival, a decision, a review, a delivery. */
  readonly lastTouchedAt: number;
  readonly instances: readonly InstanceFacts[];
}

/** What was last touched at these times or before may go; null: never. */
export interface RetentionLimits {
  /** Results, and what passed through as received: both can be had again, from the source or from the archive. */
  readonly copiesBefore: number | null;
  /** Originals of turned series, which nobody else may have. */
  readonly originalsOfTurnedBefore: number | null;
}

/** Ids of what may go. */
export interface Removable {
  readonly instances: readonly number[];
  readonly results: readonly number[];
}

const NOTHING: Removable = { instances: [], results: [] };

/**
 * Which files of a series may go now. A series goes as a whole or not at all: while anything of it arrives, waits, fails,
 * is held, is under review or in a batch, all of it stays.
 */
export function removable(series: SeriesFacts, limits: RetentionLimits): Removable {
  const { lastTouchedAt, instances } = series;
  if (!isDone(series) || !isBefore(lastTouchedAt, limits.copiesBefore)) return NOTHING;
  const isTurned = instances.some(({ results }) => results.length > 0);
  const originalsGo = !isTurned || isBefore(lastTouchedAt, limits.originalsOfTurnedBefore);
  return {
    instances: originalsGo ? instances.filter(({ isRemoved }) => !isRemoved).map(({ id }) => id) : [],
    results: instances.flatMap(({ results }) => results.filter(({ isRemoved }) => !isRemoved).map(({ id }) => id)),
  };
}

function isDone({ isDecided, isHeld, needsReview, isInBatch, instances }: SeriesFacts): boolean {
  return isDecided && !isHeld && !needsReview && !isInBatch && instances.every(isSafe);
}

/** Everything of it that is to be anywhere is there, and that is somewhere. */
function isSafe({ isDecided, deliveries }: InstanceFacts): boolean {
  const standing = deliveries.filter(({ isSuperseded }) => !isSuperseded);
  return isDecided && standing.length > 0 && standing.every((delivery) => delivery.isSafe);
}

function isBefore(at: number, limit: number | null): boolean {
  return limit !== null && at <= limit;
}
