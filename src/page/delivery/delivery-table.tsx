import type { Delivery } from '../../api/deliveries.ts';
import { toMinute } from '../moments.ts';
import { Link } from '../navigation.tsx';
import { GivenText } from '../parts/given-text.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { DELIVERY_WORDS } from '../words.ts';

interface DeliveryTableProps {
  readonly deliveries: readonly Delivery[];
  readonly chosen: ReadonlySet<number>;
  /** Only for who may act on them. */
  readonly onChosen?: (chosen: ReadonlySet<number>) => void;
}

const STATE_CLASS = { waiting: '', failing: 'warn', dead: 'bad', delivered: 'good' } as const;
const STATE_SIGN = { waiting: '…', failing: '!', dead: '✗', delivered: '✓' } as const;

/** Instances on their way. What fails or was given up can be chosen for another try. */
export function DeliveryTable({ deliveries, chosen, onChosen }: DeliveryTableProps) {
  const stuck = deliveries.filter(({ state }) => state === 'failing' || state === 'dead').map(({ id }) => id);
  const all = stuck.length > 0 && stuck.every((id) => chosen.has(id));
  const toggle = (id: number) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChosen?.(next);
  };
  return (
    <ScrollBox label="Queue" rows>
      <table>
        <thead>
          <tr>
            {onChosen !== undefined && (
              <th scope="col" class="col-check">
                <input
                  type="checkbox"
                  aria-label="Choose all that fail or were given up"
                  disabled={stuck.length === 0}
                  checked={all}
                  onChange={() => onChosen(new Set(all ? [] : stuck))}
                />
              </th>
            )}
            <th scope="col">Destination</th>
            <th scope="col">State</th>
            <th scope="col">What</th>
            <th scope="col">Series</th>
            <th scope="col">SOP Instance UID</th>
            <th scope="col" class="number">
              Attempts
            </th>
            <th scope="col">Queued</th>
            <th scope="col">Next attempt</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr key={delivery.id} class={chosen.has(delivery.id) ? 'chosen' : ''}>
              {onChosen !== undefined && (
                <td>
                  {stuck.includes(delivery.id) && (
                    <input
                      type="checkbox"
                      aria-label={`Choose instance ${delivery.sopInstanceUid}`}
                      checked={chosen.has(delivery.id)}
                      onChange={() => toggle(delivery.id)}
                    />
                  )}
                </td>
              )}
              <td>
                <bdi>{delivery.destination}</bdi>
              </td>
              <td class={`nowrap ${STATE_CLASS[delivery.state]}`}>
                {STATE_SIGN[delivery.state]} {DELIVERY_WORDS[delivery.state]}
              </td>
              <td class="nowrap">{delivery.what === 'result' ? 'turned' : 'as received'}</td>
              <td class="nowrap">
                <Link to={`/series/${delivery.seriesId}`}>Series {delivery.seriesId}</Link>
              </td>
              <th scope="row" class="mono">
                <GivenText text={delivery.sopInstanceUid} width={34} />
              </th>
              <td class="number">{delivery.attempts}</td>
              <td class="nowrap">{toMinute(delivery.queuedAt)}</td>
              <td class="nowrap">
                {delivery.deliveredAt !== null && `arrived ${toMinute(delivery.deliveredAt)}`}
                {delivery.deliveredAt === null &&
                  (delivery.nextAttemptAt === null ? '–' : toMinute(delivery.nextAttemptAt))}
              </td>
              <td>{delivery.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
