import type { Destinations } from '../../api/deliveries.ts';
import { toMinute } from '../moments.ts';
import { count, many } from '../words.ts';
import type { DeliveryFilter } from './delivery-filter.ts';

interface DestinationPanelProps {
  readonly destination: Destinations['items'][number];
  readonly onShow: (state: NonNullable<DeliveryFilter['state']>) => void;
  /** Only for who may. */
  readonly onRetry?: () => void;
}

const COUNTS = [
  { of: 'waiting', name: 'waiting', asks: '' },
  { of: 'failing', name: 'failing', asks: 'warn' },
  { of: 'dead', name: 'given up', asks: 'bad' },
  { of: 'delivered', name: 'delivered', asks: '' },
] as const;

/** One archive: what waits for it, and what is wrong with it in plain words. */
export function DestinationPanel({ destination, onShow, onRetry }: DestinationPanelProps) {
  const { name, configured, closed, problem, lastFailure, causes } = destination;
  const stuck = destination.failing + destination.dead;
  return (
    <section class={`panel destination ${problem === null ? '' : 'panel-warn'}`} aria-label={`Destination ${name}`}>
      <h2>
        <bdi>{name}</bdi>
        {configured && problem === null && !closed && <span class="tag tag-good">✓ works</span>}
        {closed && <span class="tag">outside of its time windows</span>}
        {problem !== null && <span class="tag tag-bad">! problem</span>}
        {!configured && <span class="tag tag-warn">! not configured any more</span>}
      </h2>
      <dl class="numbers">
        {COUNTS.map((one) => (
          <div key={one.of}>
            <dt>{one.name}</dt>
            <dd>
              <button type="button" class="quiet plain-number" onClick={() => onShow(one.of)}>
                <span class={destination[one.of] > 0 ? one.asks : ''}>{count(destination[one.of])}</span>
                <span class="unseen"> {one.name}</span>
              </button>
            </dd>
          </div>
        ))}
      </dl>
      {problem !== null && <p class="bad">{problem}</p>}
      {causes.length > 0 && (
        <>
          <h3>Why it fails</h3>
          <ul class="causes">
            {causes.map(({ reason, instances }) => (
              <li key={reason}>
                {reason} <span class="soft">({many(instances, 'instance')})</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {lastFailure !== null && (
        <p class="soft">
          Last failure {toMinute(lastFailure.at)}: {lastFailure.reason}
        </p>
      )}
      {onRetry !== undefined && stuck > 0 && (
        <button type="button" onClick={onRetry}>
          Try all {count(stuck)} again …
        </button>
      )}
    </section>
  );
}
