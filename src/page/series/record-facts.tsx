import type { SeriesDetail } from '../../api/series-detail.ts';
import { toSecond } from '../moments.ts';
import { Link } from '../navigation.tsx';
import { GivenText } from '../parts/given-text.tsx';
import { Orientation } from '../parts/orientation-glyph.tsx';
import { shownText } from '../shown-text.ts';
import { DECISION_NAMES } from '../words.ts';
import { Copyable } from './copyable.tsx';
import { Wide } from './wide.tsx';

/** What each archive holds of the series: what the page says here is what is there. */
export function SentFacts({ sent }: Pick<SeriesDetail, 'sent'>) {
  if (sent.length === 0) return <p class="soft">Nothing was sent yet.</p>;
  return (
    <Wide name="What the archives hold">
      <table>
        <thead>
          <tr>
            <th scope="col">Archive</th>
            <th scope="col">What</th>
            <th scope="col">It is</th>
            <th scope="col">Delivered</th>
            <th scope="col">Last</th>
            <th scope="col">Series Instance UID</th>
          </tr>
        </thead>
        <tbody>
          {sent.map((one) => (
            <tr key={`${one.destination} ${one.what} ${one.seriesInstanceUid} ${one.decisionId}`}>
              <th scope="row">{one.destination}</th>
              <td>{one.what === 'result' ? 'turned' : 'as received'}</td>
              <td>
                <span class={one.stands ? 'tag tag-good' : 'tag tag-warn'}>{one.stands ? 'stands' : 'superseded'}</span>
              </td>
              <td>
                {one.delivered} of {one.instances}
                {one.confirmed < one.delivered && <>, {one.delivered - one.confirmed} not committed to yet</>}
                {one.waiting > 0 && <>, {one.waiting} waiting</>}
                {one.dead > 0 && <>, {one.dead} given up</>}
                {one.reason !== null && (
                  <div class="hint">
                    <GivenText text={one.reason} />
                  </div>
                )}
              </td>
              <td class="moment">{one.lastDeliveredAt === null ? '–' : toSecond(one.lastDeliveredAt)}</td>
              <td>
                <Copyable text={one.seriesInstanceUid} width={22} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** The other series of the study, and which of them what was turned here says something about. */
export function StudyFacts({ study }: Pick<SeriesDetail, 'study'>) {
  if (study.length === 0) return <p class="soft">No other series of this study came in.</p>;
  return (
    <Wide name="The other series of the study">
      <table>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">Kind</th>
            <th scope="col">Decision</th>
            <th scope="col">Code</th>
            <th scope="col">Beside this one</th>
          </tr>
        </thead>
        <tbody>
          {study.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link to={`/series/${one.id}`}>
                  {one.seriesNumber ?? '–'} <GivenText text={one.seriesDescription} width={28} />
                </Link>
              </th>
              <td>{one.kind ?? '–'}</td>
              <td>{one.decision === null ? 'not yet' : DECISION_NAMES[one.decision]}</td>
              <td>{one.observedCode === null ? '–' : <Orientation code={one.observedCode} />}</td>
              <td>
                {one.sameStack && <span class="tag">decided together</span>}{' '}
                {one.samePatientFrame === false && <span class="tag tag-warn">another patient frame</span>}
                {one.samePatientFrame === null && <span class="tag tag-warn">patient frame unknown</span>}
                {one.samePatientFrame === true && !one.sameStack && <span class="soft">same patient frame</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

export function HistoryFacts({ history }: Pick<SeriesDetail, 'history'>) {
  return (
    <ol class="history">
      {history.map((entry, i) => (
        <li key={i}>
          <span class="history-at">{toSecond(entry.at)}</span>
          <span>
            <strong>
              <GivenText text={entry.actor} />
            </strong>{' '}
            <bdi>{shownText(entry.sentence)}</bdi>
            {entry.reason !== null && (
              <span class="history-why">
                “<bdi>{shownText(entry.reason)}</bdi>”
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

export function UidFacts({ uidPairs, stalePrivate }: Pick<SeriesDetail, 'uidPairs' | 'stalePrivate'>) {
  return (
    <>
      {stalePrivate.length > 0 && (
        <p>
          Private geometry that was kept and describes the picture before it was turned:{' '}
          <span class="mono">{stalePrivate.join(', ')}</span>
        </p>
      )}
      {uidPairs.length > 0 && (
        <details>
          <summary>{uidPairs.length} pairs of SOP Instance UIDs, as received → as derived</summary>
          <div class="uid-pairs">
            <table>
              <tbody>
                {uidPairs.map(({ received, derived }) => (
                  <tr key={received}>
                    <td>
                      <Copyable text={received} />
                    </td>
                    <td>
                      <Copyable text={derived} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </>
  );
}
