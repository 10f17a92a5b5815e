import type { SeriesDetail } from '../../api/series-detail.ts';
import { shownDate, toMinute } from '../moments.ts';
import { GivenText } from '../parts/given-text.tsx';
import { shownName, shownText } from '../shown-text.ts';
import { decisionName, many } from '../words.ts';
import { NextInList } from './next-in-list.tsx';

const TAG_OF = { standardize: 'tag-good', 'pass-through': '', 'hold-for-review': 'tag-warn' } as const;

/** Whose series it is, and on top the reason in one sentence. */
export function SeriesHeading({ detail }: { readonly detail: SeriesDetail }) {
  const { patient, scanner, decision, mode, decisionOnRecord } = detail;
  return (
    <header class="series-heading">
      <div class="series-title">
        <h1>
          Series {detail.seriesNumber ?? ''} <GivenText text={detail.seriesDescription} />
        </h1>
        {decision !== null && <span class={`tag ${TAG_OF[decision]}`}>{decisionName(decision, mode)}</span>}
        {detail.reviewNeeded && <span class="tag tag-warn">needs a review</span>}
        {detail.review !== null && (
          <span class="tag">
            last act: {detail.review.act} by <bdi>{shownText(detail.review.by)}</bdi>, {toMinute(detail.review.at)}
          </span>
        )}
        <NextInList id={detail.id} />
      </div>
      <p class="series-reason">{decisionOnRecord?.reason ?? 'Still being received: not decided yet.'}</p>
      <p class="series-whose">
        <bdi>{shownName(patient.name) || '–'}</bdi> · <GivenText text={patient.id} />
        {detail.studyDate !== null && <> · {shownDate(detail.studyDate)}</>}
        {detail.accessionNumber !== null && (
          <>
            {' '}
            · <GivenText text={detail.accessionNumber} />
          </>
        )}{' '}
        · {detail.kind ?? 'kind unknown'} · {many(detail.instances, 'instance')} · from{' '}
        <GivenText text={scanner.callingAeTitle} /> <GivenText text={scanner.manufacturer} />{' '}
        <GivenText text={scanner.modelName} /> · received {toMinute(detail.receivedAt)}
      </p>
    </header>
  );
}
