import type { Overview } from '../../api/overview.ts';
import { dayOf, duration, startOfDay, toMinute } from '../moments.ts';
import { Link, navigate, usePlace } from '../navigation.tsx';
import { Notice } from '../parts/notice.tsx';
import { searchOf } from '../request-address.ts';
import { type ListQuery, listAddress } from '../series-list/series-filter.ts';
import { useAnswer } from '../use-answer.ts';
import { count, many } from '../words.ts';
import { DriftSignals } from './drift-signals.tsx';
import { ScannerTable } from './scanner-table.tsx';
import { Throughput } from './throughput.tsx';

const TOPICS = ['series', 'decisions', 'reviews', 'deliveries'] as const;
const PERIODS = [
  { days: 0, name: 'today' },
  { days: 7, name: '7 days' },
  { days: 30, name: '30 days' },
] as const;

/** What came in, what became of it, what waits, and whether a scanner changed its habits. */
export function OverviewView() {
  const days = Number(new URLSearchParams(usePlace().search).get('days') ?? 0);
  const since = days > 0 && days < 1000 ? startOfDay(dayOf(new Date().toISOString()), -days) : undefined;
  const { answer, problem, again } = useAnswer('overview', { query: since === undefined ? {} : { since } }, TOPICS);
  return (
    <>
      <div class="view-head">
        <h1>Overview</h1>
        {answer !== undefined && <p class="soft">since {toMinute(answer.since)}</p>}
        <fieldset class="segments">
          <legend class="unseen">Period</legend>
          {PERIODS.map((period) => (
            <button
              key={period.days}
              type="button"
              aria-pressed={period.days === days}
              onClick={() => navigate(`/${searchOf({ days: period.days || undefined })}`, { replace: true })}
            >
              {period.name}
            </button>
          ))}
        </fieldset>
      </div>
      {problem !== undefined && <Notice problem={problem} again={again} />}
      {answer === undefined ? (
        problem === undefined && <p role="status">Asking the node …</p>
      ) : (
        <Shown overview={answer} />
      )}
    </>
  );
}

function Shown({ overview }: { readonly overview: Overview }) {
  const { counts, since, queues } = overview;
  const list = (filter: ListQuery) => listAddress({ from: since, ...filter });
  return (
    <div class="overview">
      <dl class="tiles">
        <Tile name="received" number={counts.received} to={list({})} />
        <Tile name="turned" number={counts.turned} to={list({ decision: 'standardize' })} />
        {counts.wouldTurn > 0 && (
          <Tile
            name="would be turned"
            number={counts.wouldTurn}
            to={list({ decision: 'standardize', flag: 'observe' })}
          />
        )}
        <Tile name="left alone" number={counts.leftAlone} to={list({ decision: 'pass-through' })} />
        <Tile name="need a person" number={counts.needReview} to={list({ review: 'needed' })} alert="warn" />
        <Tile name="held" number={counts.held} to={list({ decision: 'hold-for-review' })} alert="warn" />
        <Tile name="delivery fails" number={counts.failing} to="/delivery" alert="bad" />
        <Tile name="arriving now" number={counts.receiving} to={list({})} />
        <Tile name="reviewed" number={counts.reviewed} to={list({ review: 'done' })} />
      </dl>
      <div class="panels">
        <section class="panel">
          <h2>The last 24 hours</h2>
          <Throughput hours={overview.hours} />
        </section>
        <section class="panel">
          <h2>Queues</h2>
          {queues.length === 0 ? (
            <p class="soft">Nothing was queued yet.</p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th scope="col">Destination</th>
                  <th scope="col" class="number">
                    Waiting
                  </th>
                  <th scope="col" class="number">
                    Given up
                  </th>
                  <th scope="col">Oldest</th>
                  <th scope="col">Problem</th>
                </tr>
              </thead>
              <tbody>
                {queues.map((queue) => (
                  <tr key={queue.destination}>
                    <th scope="row">
                      <Link to={`/delivery${searchOf({ destination: queue.destination })}`}>
                        <bdi>{queue.destination}</bdi>
                      </Link>
                    </th>
                    <td class="number">{count(queue.waiting)}</td>
                    <td class={`number ${queue.dead > 0 ? 'bad' : ''}`}>{count(queue.dead)}</td>
                    <td class="nowrap">{queue.oldestSeconds === null ? '–' : duration(queue.oldestSeconds)}</td>
                    <td>
                      {queue.problem === null ? (
                        <span class="good">✓ none</span>
                      ) : (
                        <span class="bad">! {queue.problem}</span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      </div>
      <DriftSignals drift={overview.drift} />
      <section class="panel">
        <h2>By scanner and kind</h2>
        {overview.scanners.length === 0 ? (
          <p class="soft">{many(0, 'series', 'series')} in this period.</p>
        ) : (
          <ScannerTable scanners={overview.scanners} since={since} />
        )}
      </section>
    </div>
  );
}

interface TileProps {
  readonly name: string;
  readonly number: number;
  readonly to: string;
  readonly alert?: 'warn' | 'bad';
}

function Tile({ name, number, to, alert }: TileProps) {
  const asks = alert !== undefined && number > 0;
  return (
    <div class={`tile ${asks ? `tile-${alert}` : ''}`}>
      <dt>
        {asks && <span aria-hidden="true">! </span>}
        {name}
      </dt>
      <dd>
        <Link to={to}>
          {count(number)}
          <span class="unseen"> series {name}</span>
        </Link>
      </dd>
    </div>
  );
}
