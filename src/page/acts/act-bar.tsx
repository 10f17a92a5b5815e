import { useState } from 'preact/hooks';
import type { OrientationCode } from '../../core/orientation/d4.ts';
import { REVIEW_ACTS, type ReviewAct } from '../../core/review/review-acts.ts';
import { ACT_WORDS, many } from '../words.ts';
import { ActDialog } from './act-dialog.tsx';
import { type ChosenSeries, MOST_SERIES } from './act-order.ts';
import { ChooseCode } from './choose-code.tsx';

interface ActBarProps {
  readonly series: readonly ChosenSeries[];
  readonly onClear: () => void;
  readonly onDone: (lookAgain: boolean) => void;
}

/** What can be done with the chosen series. Whether it can be done with each of them the dialog tells. */
export function ActBar({ series, onClear, onDone }: ActBarProps) {
  const [act, setAct] = useState<ReviewAct>();
  const [code, setCode] = useState<OrientationCode>();
  const over = (lookAgain: boolean) => {
    setAct(undefined);
    setCode(undefined);
    if (lookAgain) onDone(true);
  };
  const tooMany = series.length > MOST_SERIES;
  return (
    <div class="act-bar" role="toolbar" aria-label="Acts on the selected series">
      <span role="status">{many(series.length, 'series', 'series')} selected</span>
      {tooMany && <span class="warn">At most {MOST_SERIES} at once; a batch takes more.</span>}
      {REVIEW_ACTS.map((one) => (
        <button key={one} type="button" title={ACT_WORDS[one].what} disabled={tooMany} onClick={() => setAct(one)}>
          {ACT_WORDS[one].name} …
        </button>
      ))}
      <button type="button" class="quiet" onClick={onClear}>
        Select none
      </button>
      {act === 'overrule' && code === undefined && <ChooseCode onChoice={setCode} onClose={() => over(false)} />}
      {act !== undefined && (act !== 'overrule' || code !== undefined) && (
        <ActDialog act={act} code={code} series={series} onDone={over} />
      )}
    </div>
  );
}
