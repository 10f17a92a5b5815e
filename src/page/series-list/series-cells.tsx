import type { SeriesRow } from '../../api/series.ts';
import { shownDate, toMinute } from '../moments.ts';
import { Link } from '../navigation.tsx';
import { GivenText } from '../parts/given-text.tsx';
import { OrientationGlyph } from '../parts/orientation-glyph.tsx';
import { shownName } from '../shown-text.ts';
import { ACT_WORDS, CODE_WORDS, DELIVERY_WORDS, decisionName, FLAG_WORDS, REASON_NAMES } from '../words.ts';

const DELIVERY_CLASS = { none: 'soft', waiting: '', failing: 'warn', dead: 'bad', delivered: 'good' } as const;
const DELIVERY_SIGN = { none: '', waiting: '…', failing: '!', dead: '✗', delivered: '✓' } as const;

/** The cells of one series, in the order of the columns. */
export function SeriesCells({ row }: { readonly row: SeriesRow }) {
  const { scanner, patient, review } = row;
  return (
    <>
      <td>{toMinute(row.receivedAt)}</td>
      <td>
        <Pair first={shownName(patient.name)} second={patient.id} />
      </td>
      <td>{row.studyDate === null ? '–' : <GivenText text={shownDate(row.studyDate)} />}</td>
      <td title={[scanner.manufacturer, scanner.modelName].filter(Boolean).join(' ')}>
        <Pair first={scanner.callingAeTitle} second={scanner.stationName} />
      </td>
      <td>{row.kind ?? <span class="soft">–</span>}</td>
      <th scope="row">
        <Link to={`/series/${row.id}`} class="row-link">
          {row.seriesNumber !== null && <span class="soft number">{row.seriesNumber}</span>}
          {row.seriesDescription ? <GivenText text={row.seriesDescription} /> : <span>Series {row.id}</span>}
        </Link>
      </th>
      <td>
        {row.observedCode === null ? (
          <span class="soft">–</span>
        ) : (
          <span class="code-cell" title={CODE_WORDS[row.observedCode]}>
            <OrientationGlyph code={row.observedCode} /> <span class="mono">{row.observedCode}</span>
            <span class="unseen">{CODE_WORDS[row.observedCode]}</span>
          </span>
        )}
      </td>
      <td>
        <Decision row={row} />
      </td>
      <td class="number">{row.confidence === null ? '–' : row.confidence.toFixed(3)}</td>
      <td>
        <Flags flags={row.flags} />
      </td>
      <td>
        {row.reviewNeeded && <span class="tag tag-warn">needs a person</span>}{' '}
        {review !== null && (
          <span class="clip" title={`${ACT_WORDS[review.act].done} by ${review.by}, ${toMinute(review.at)}`}>
            {ACT_WORDS[review.act].done} <span class="soft">{review.by}</span>
          </span>
        )}
      </td>
      <td class={DELIVERY_CLASS[row.delivery]}>
        {DELIVERY_SIGN[row.delivery]} {DELIVERY_WORDS[row.delivery]}
      </td>
    </>
  );
}

function Pair({ first, second }: { readonly first: string; readonly second: string | null }) {
  return (
    <span class="pair">
      <GivenText text={first} />
      {second !== null && second !== '' && (
        <span class="soft">
          <GivenText text={second} />
        </span>
      )}
    </span>
  );
}

function Decision({ row }: { readonly row: SeriesRow }) {
  if (row.decision === null) return <span class="soft">{row.state === 'receiving' ? 'arriving …' : '–'}</span>;
  const name = decisionName(row.decision, row.mode);
  const reason =
    row.metricReason === null || row.metricReason === 'turned' ? undefined : REASON_NAMES[row.metricReason];
  return (
    <span class="clip" title={reason === undefined ? name : `${name}: ${reason}`}>
      {row.decision === 'standardize' ? <strong>{name}</strong> : name}
      {reason !== undefined && <span class="soft"> {reason}</span>}
    </span>
  );
}

/** Flags as short names; what each one means is in the title and for readers. */
export function Flags({ flags }: { readonly flags: SeriesRow['flags'] }) {
  return (
    <span class="clip" title={flags.map((flag) => `${FLAG_WORDS[flag].name}: ${FLAG_WORDS[flag].sentence}`).join('\n')}>
      {flags.map((flag) => FLAG_WORDS[flag].name).join(', ')}
    </span>
  );
}
