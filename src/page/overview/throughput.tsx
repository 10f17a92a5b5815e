import type { Overview } from '../../api/overview.ts';
import { clockOf } from '../moments.ts';
import { count } from '../words.ts';

const WIDTH = 720;
const HEIGHT = 150;
const FOOT = 18;
const HEAD = 14;

/** Instances received and delivered in each of the last 24 hours, drawn, and as a table for who does not see it. */
export function Throughput({ hours }: { readonly hours: Overview['hours'] }) {
  const most = Math.max(1, ...hours.flatMap(({ instances, delivered }) => [instances, delivered]));
  const received = hours.reduce((sum, { instances }) => sum + instances, 0);
  const delivered = hours.reduce((sum, hour) => sum + hour.delivered, 0);
  const step = WIDTH / Math.max(hours.length, 1);
  const heightOf = (number: number) => (number / most) * (HEIGHT - FOOT - HEAD);
  return (
    <figure class="throughput">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label="Instances received and delivered by hour">
        <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
        <line class="grid" x1="0" x2={WIDTH} y1={HEAD} y2={HEAD} />
        <text x="0" y={HEAD - 3}>
          {count(most)}
        </text>
        {hours.map((hour, index) => (
          <g key={hour.hour} transform={`translate(${index * step} 0)`}>
            <title>{`${clockOf(hour.hour)}: ${count(hour.instances)} received, ${count(hour.delivered)} delivered`}</title>
            <rect class="bar-room" x="0" y={HEAD} width={step} height={HEIGHT - FOOT - HEAD} />
            <Bar kind="received" x={step * 0.14} width={step * 0.36} height={heightOf(hour.instances)} />
            <Bar kind="delivered" x={step * 0.52} width={step * 0.34} height={heightOf(hour.delivered)} />
            {index % 3 === 0 && (
              <text x={step * 0.1} y={HEIGHT - 4}>
                {clockOf(hour.hour)}
              </text>
            )}
          </g>
        ))}
      </svg>
      <figcaption>
        <span class="key key-received" aria-hidden="true" /> {count(received)} instances received{' '}
        <span class="key key-delivered" aria-hidden="true" /> {count(delivered)} delivered
      </figcaption>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Hour</th>
              <th scope="col" class="number">
                Series
              </th>
              <th scope="col" class="number">
                Instances
              </th>
              <th scope="col" class="number">
                Delivered
              </th>
            </tr>
          </thead>
          <tbody>
            {hours.map((hour) => (
              <tr key={hour.hour}>
                <th scope="row">{clockOf(hour.hour)}</th>
                <td class="number">{count(hour.series)}</td>
                <td class="number">{count(hour.instances)}</td>
                <td class="number">{count(hour.delivered)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

interface BarProps {
  readonly kind: 'received' | 'delivered';
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

function Bar({ kind, x, width, height }: BarProps) {
  return <rect class={`bar-${kind}`} x={x} y={HEIGHT - FOOT - height} width={width} height={height} />;
}
