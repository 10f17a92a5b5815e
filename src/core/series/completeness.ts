/**
 * When a series is taken to be complete. The end of an association means nothing (PS3.4 B.4), and scanners send slice
 * by slice while they acquire; so either the scanner's own count is reached, or nothing came for a while, or the time
 * budget of the clinic is used up. Times are milliseconds since the epoch.
 */

/** How far one Acquisition Number (0020,0012) has come. */
export interface AcquisitionProgress {
  /** Images in Acquisition (0020,1002), where an instance said it. */
  readonly announced?: number | undefined;
  /** Distinct SOP Instance UIDs. */
  readonly received: number;
}

export interface SeriesProgress {
  readonly firstReceivedAt: number;
  readonly lastReceivedAt: number;
  /** By Acquisition Number. */
  readonly acquisitions: ReadonlyMap<number, AcquisitionProgress>;
  /** An instance has no Acquisition Number or no Images in Acquisition: there is no count to rely on. */
  readonly hasUnannounced: boolean;
}

export interface CompletenessSettings {
  readonly quietSeconds: number;
  readonly maxWaitSeconds: number;
}

export type ReadyReason = 'images-in-acquisition' | 'quiet' | 'time-budget';

export interface Readiness {
  readonly at: number;
  readonly because: ReadyReason;
}

const MILLISECONDS = 1000;
/** A busy network, disk or scanner pauses so long in the middle of a series, whatever quiet period a site chose. */
const LEAST_QUIET_MS = 250;
/** While the scanner's own count says that more will come, a pause means less. */
const LEAST_QUIET_WHILE_MORE_IS_ANNOUNCED_MS = 2000;

/** From when on a series may be judged, if nothing more arrives. */
export function seriesReadyAt(progress: SeriesProgress, settings: CompletenessSettings): Readiness {
  if (everyAcquisitionIsReached(progress)) {
    return { at: progress.lastReceivedAt, because: 'images-in-acquisition' };
  }
  return quietOrBudget(progress, settings, leastQuietMs(progress));
}

/** The end of the quiet period after the last arrival, or of the time budget after the first, whichever is earlier. */
export function quietOrBudget(
  { firstReceivedAt, lastReceivedAt }: Pick<SeriesProgress, 'firstReceivedAt' | 'lastReceivedAt'>,
  { quietSeconds, maxWaitSeconds }: CompletenessSettings,
  leastMs = LEAST_QUIET_MS,
): Readiness {
  const quiet = lastReceivedAt + Math.max(quietSeconds * MILLISECONDS, leastMs);
  const budget = firstReceivedAt + maxWaitSeconds * MILLISECONDS;
  return quiet <= budget ? { at: quiet, because: 'quiet' } : { at: budget, because: 'time-budget' };
}

function leastQuietMs({ acquisitions }: SeriesProgress): number {
  const lacks = [...acquisitions.values()].some(({ announced = 0, received }) => received < announced);
  return lacks ? LEAST_QUIET_WHILE_MORE_IS_ANNOUNCED_MS : LEAST_QUIET_MS;
}

/** A count of zero or less is no count: some scanners write 0 for "not known". */
function everyAcquisitionIsReached({ acquisitions, hasUnannounced }: SeriesProgress): boolean {
  return (
    !hasUnannounced &&
    acquisitions.size > 0 &&
    [...acquisitions.values()].every(
      ({ announced, received }) => announced !== undefined && announced > 0 && received >= announced,
    )
  );
}
