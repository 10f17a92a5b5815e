import type { BatchSeries } from '../../api/batches.ts';
import { Link } from '../navigation.tsx';
import { GivenText } from '../parts/given-text.tsx';
import { OrientationGlyph } from '../parts/orientation-glyph.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { CODE_WORDS, count, DECISION_NAMES } from '../words.ts';

const STATE_CLASS = { waiting: 'soft', done: 'good', failed: 'bad' } as const;
const STATE_SIGN = { waiting: '…', done: '✓', failed: '✗' } as const;

/** What became of each series of a batch. */
export function BatchSeriesTable({ series }: { readonly series: readonly BatchSeries[] }) {
  return (
    <ScrollBox label="Series of the batch" rows>
      <table>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">State</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Changed</th>
            <th scope="col">Queued</th>
            <th scope="col" class="number">
              Gone
            </th>
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <tr key={one.seriesId}>
              <th scope="row" class="mono">
                <Link to={`/series/${one.seriesId}`}>
                  <GivenText text={one.seriesInstanceUid} width={36} />
                </Link>
              </th>
              <td class={STATE_CLASS[one.state]}>
                {STATE_SIGN[one.state]} {one.state}
              </td>
              <td>
                <Shown state={one.before} />
              </td>
              <td>
                <Shown state={one.after} />
              </td>
              <td>{one.changed ? <strong>yes</strong> : <span class="soft">no</span>}</td>
              <td>
                {Object.entries(one.queued).map(([destination, instances]) => (
                  <div key={destination}>
                    <bdi>{destination}</bdi> {count(instances)}
                  </div>
                ))}
              </td>
              <td class="number">{one.gone > 0 ? count(one.gone) : ''}</td>
              <td>{one.sentence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Shown({ state }: { readonly state: BatchSeries['before'] }) {
  if (state === null) return <span class="soft">–</span>;
  return (
    <span class="nowrap">
      {state.observedCode !== null && (
        <span title={CODE_WORDS[state.observedCode]}>
          <OrientationGlyph code={state.observedCode} /> <span class="mono">{state.observedCode}</span>{' '}
        </span>
      )}
      {DECISION_NAMES[state.decision]}
    </span>
  );
}
