import { useCallback, useMemo, useState } from 'preact/hooks';
import type { SeriesDetail, SeriesPictures } from '../../api/series-detail.ts';
import { ORIENTATION_CODES, type OrientationCode } from '../../core/orientation/d4.ts';
import { useKeys } from '../keys.ts';
import { Notice } from '../parts/notice.tsx';
import { shownText } from '../shown-text.ts';
import { middlePlace, type PicturePair, pairAt, pictureGrid } from '../viewer/picture-grid.ts';
import { Viewer } from '../viewer/viewer.tsx';
import { ActsBar } from './acts-bar.tsx';
import { AttributeChanges } from './attribute-changes.tsx';
import { Candidates } from './candidates.tsx';
import { EdgeFacts, Flags, MadeWith, Opinions } from './decision-facts.tsx';
import { HistoryFacts, SentFacts, StudyFacts, UidFacts } from './record-facts.tsx';
import { SeriesHeading } from './series-heading.tsx';
import { SlicePlot } from './slice-plot.tsx';
import { useSeries } from './use-series.ts';
import { firstCandidate, standingCode, whatLeaves } from './what-leaves.ts';
import '../style/series.css';

/** One series: what was received, what left, and why. */
export function SeriesView({ id }: { readonly id: number }) {
  const { detail, pictures, problem, newer, lookAgain } = useSeries(id);
  if (detail === undefined) {
    return problem === undefined ? (
      <p role="status">Asking the node …</p>
    ) : (
      <Notice problem={problem} again={lookAgain} />
    );
  }
  return (
    <article class="series">
      <SeriesHeading detail={detail} />
      {newer !== undefined && <Changed before={detail} newer={newer} lookAgain={lookAgain} />}
      {problem !== undefined && <Notice problem={problem} again={lookAgain} />}
      {/* A new version begins anew: no choice of before is carried over to another decision. */}
      <Looked key={detail.version} detail={detail} pictures={pictures} onDone={lookAgain} />
    </article>
  );
}

interface ChangedProps {
  readonly before: SeriesDetail;
  readonly newer: SeriesDetail;
  readonly lookAgain: () => void;
}

function Changed({ before, newer, lookAgain }: ChangedProps) {
  const isReview = newer.review !== null && newer.review.at !== before.review?.at;
  const who = isReview ? newer.review?.by : newer.decisionOnRecord?.by;
  return (
    <div class="notice notice-warn" role="alert">
      <p>
        Changed by <strong>{who == null ? 'the node' : <bdi>{shownText(who)}</bdi>}</strong> since you opened it. What
        you see is as it was before.
      </p>
      <button type="button" onClick={lookAgain}>
        Look again
      </button>
    </div>
  );
}

interface LookedProps {
  readonly detail: SeriesDetail;
  readonly pictures: SeriesPictures | undefined;
  readonly onDone: () => void;
}

function Looked({ detail, pictures, onDone }: LookedProps) {
  const [chosen, setChosen] = useState<OrientationCode>();
  const [shownPair, setShownPair] = useState<PicturePair>();
  const { uidPairs, decisionOnRecord: decision, result } = detail;
  // Deliveries change the detail; pictures and pairs only change with the version.
  const grid = useMemo(
    () => (pictures === undefined ? undefined : pictureGrid(pictures, uidPairs)),
    [pictures, detail.version],
  );
  const leaving = useMemo(() => whatLeaves(detail, chosen), [detail.version, chosen]);
  const standing = standingCode(detail);
  const code = chosen ?? standing ?? (leaving.kind === 'as-received' ? '000' : firstCandidate(detail));
  useKeys(
    'Candidates',
    ORIENTATION_CODES.map((one, i) => ({ keys: `${i}`, does: `Preview of ${one}`, run: () => setChosen(one) })),
  );
  const onPair = useCallback(setShownPair, []);
  const picture = (shownPair ?? (grid && pairAt(grid, middlePlace(grid))))?.received;
  return (
    <>
      <div class="series-look">
        <div class="series-pictures">
          {grid === undefined && <p role="status">Loading pictures …</p>}
          {grid !== undefined && grid.length === 0 && <p>There are no pictures of this series that can be shown.</p>}
          {grid !== undefined && grid.length > 0 && (
            <>
              <Viewer grid={grid} leaving={leaving} onPair={onPair} />
              <Candidates grid={grid} decision={decision} standing={standing} shown={code} onChoose={setChosen} />
            </>
          )}
          <NotShown pictures={pictures} />
          <section class="series-plot">
            <h2>What the recogniser saw, slice by slice</h2>
            <SlicePlot slices={detail.slices} />
          </section>
        </div>
        <aside class="series-aside" aria-label="Decision">
          <Flags flags={detail.flags} />
          <ActsBar detail={detail} code={code} onDone={onDone} />
          {decision !== null && <Opinions decision={decision} />}
        </aside>
      </div>
      <div class="series-facts">
        <section>
          <h2>What the archives hold</h2>
          <SentFacts sent={detail.sent} />
          <EdgeFacts letters={detail.letters} />
        </section>
        <section>
          <h2>History</h2>
          <HistoryFacts history={detail.history} />
        </section>
        <section>
          <h2>The other series of the study</h2>
          <StudyFacts study={detail.study} />
        </section>
        {decision !== null && <MadeWith decision={decision} />}
        <section class="series-rewritten">
          <h2>What was rewritten</h2>
          <UidFacts uidPairs={uidPairs} stalePrivate={detail.stalePrivate} />
          {result !== null && picture !== undefined ? (
            <AttributeChanges seriesId={detail.id} picture={picture} />
          ) : (
            <p class="soft">Nothing: no result of this series stands.</p>
          )}
        </section>
      </div>
    </>
  );
}

function NotShown({ pictures }: Pick<LookedProps, 'pictures'>) {
  if (pictures === undefined || pictures.notShown.length === 0) return null;
  return (
    <details>
      <summary>{pictures.notShown.length} instances are not shown</summary>
      <ul>
        {pictures.notShown.map(({ sopInstanceUid, why }) => (
          <li key={sopInstanceUid}>
            <span class="mono">{sopInstanceUid}</span>: {why}
          </li>
        ))}
      </ul>
    </details>
  );
}
