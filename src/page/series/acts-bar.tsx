import { useState } from 'preact/hooks';
import type { SeriesDetail } from '../../api/series-detail.ts';
import type { OrientationCode } from '../../core/orientation/d4.ts';
import { REVIEW_ACTS, type ReviewAct } from '../../core/review/review-acts.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { useKeys } from '../keys.ts';
import { OrientationGlyph } from '../parts/orientation-glyph.tsx';
import { useMay } from '../session.tsx';
import { shownName, shownText } from '../shown-text.ts';
import { ACT_WORDS } from '../words.ts';

interface ActsProps {
  readonly detail: SeriesDetail;
  /** What a person who overrules would say that the picture shows. */
  readonly code: OrientationCode;
  readonly onDone: () => void;
}

const KEY_OF: Readonly<Record<ReviewAct, string>> = {
  approve: 'y',
  overrule: 'o',
  'leave-as-received': 'l',
  'trust-header': 'h',
  'trust-image': 'i',
  'put-back': 'b',
  resend: 's',
};

/** What a person may do with the series now, and why not the rest. */
export function ActsBar({ detail, code, onDone }: ActsProps) {
  const mayReview = useMay('reviewer');
  const [act, setAct] = useState<ReviewAct>();
  const acts = REVIEW_ACTS.map((name) => {
    const { possible, why } = detail.acts.find((one) => one.act === name) ?? { possible: false, why: '' };
    return mayReview ? { name, possible, why } : { name, possible: false, why: 'Needs the role of a reviewer.' };
  });
  useKeys(
    'Acts',
    acts
      .filter(({ possible }) => possible)
      .map(({ name }) => ({ keys: KEY_OF[name], does: ACT_WORDS[name].name, run: () => setAct(name) })),
  );
  return (
    <section class="acts" aria-label="Acts">
      <h2>What you may do</h2>
      <ul>
        {acts.map(({ name, possible, why }) => (
          <li key={name}>
            <button type="button" disabled={!possible} onClick={() => setAct(name)} aria-describedby={`why-${name}`}>
              <kbd>{KEY_OF[name]}</kbd> {ACT_WORDS[name].name}
              {name === 'overrule' && (
                <>
                  : <OrientationGlyph code={code} size={14} /> <span class="mono">{code}</span>
                </>
              )}
            </button>
            <span class="hint" id={`why-${name}`}>
              {why}
            </span>
          </li>
        ))}
      </ul>
      {act !== undefined && (
        <ActDialog
          act={act}
          code={act === 'overrule' ? code : undefined}
          series={[{ id: detail.id, version: detail.version, label: labelOf(detail) }]}
          onDone={(lookAgain) => {
            setAct(undefined);
            if (lookAgain) onDone();
          }}
        />
      )}
    </section>
  );
}

function labelOf({ seriesNumber, seriesDescription, patient }: SeriesDetail): string {
  const parts = [seriesNumber === null ? '' : `${seriesNumber}`, shownText(seriesDescription ?? '')];
  return [...parts, shownName(patient.name)].filter((part) => part !== '').join(' · ');
}
