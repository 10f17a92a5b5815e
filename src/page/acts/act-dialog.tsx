import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ActOutcome, ActPreview } from '../../api/reviews.ts';
import type { EdgeLetters } from '../../api/words.ts';
import { ask } from '../client.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { type Problem, problemFrom } from '../problem.ts';
import { ACT_WORDS, CODE_WORDS, many } from '../words.ts';
import { type ChosenSeries, type Intent, lettersToConfirm, orderFor, sameLetters } from './act-order.ts';
import { OutcomeTable, PreviewTable } from './act-tables.tsx';
import { ConfirmLetters, NO_LETTERS } from './confirm-letters.tsx';
import { ReasonField, reasonIsEnough } from './reason-field.tsx';

export interface ActDialogProps extends Intent {
  readonly series: readonly ChosenSeries[];
  /** The dialog is over. `lookAgain`: something was done, or is no longer as it was shown. */
  readonly onDone: (lookAgain: boolean) => void;
}

/**
 * A person's act: first what it would do to every series, then the reason, then the act, then what became of each. Acts
 * only on series of which the node says that the act is possible.
 */
export function ActDialog({ act, code, series, onDone }: ActDialogProps) {
  const [previews, setPreviews] = useState<readonly ActPreview[]>();
  const [outcomes, setOutcomes] = useState<readonly ActOutcome[]>();
  const [problem, setProblem] = useState<Problem>();
  const [because, setBecause] = useState('');
  const [typed, setTyped] = useState<EdgeLetters>(NO_LETTERS);
  const [busy, setBusy] = useState(false);

  // The order is what was shown when the dialog opened; what is shown behind it may change meanwhile.
  const [chosen] = useState({ intent: { act, code }, series });
  const labels = useMemo(() => new Map(chosen.series.map(({ id, label }) => [id, label])), [chosen]);

  useEffect(() => {
    const stop = new AbortController();
    ask('previewAct', { body: orderFor(chosen.intent, chosen.series) }, { signal: stop.signal }).then(
      ({ items }) => setPreviews(items),
      (error: unknown) => {
        if (!stop.signal.aborted) setProblem(problemFrom(error));
      },
    );
    return () => stop.abort();
  }, [chosen]);

  const possible = (previews ?? []).filter((preview) => preview.possible);
  const letters = act === 'trust-image' ? lettersToConfirm(possible) : undefined;
  const confirmed = act !== 'trust-image' || (letters !== undefined && sameLetters(letters, typed));
  const ready = possible.length > 0 && confirmed && reasonIsEnough(because) && !busy;

  const carryOut = async () => {
    setBusy(true);
    setProblem(undefined);
    const ids = new Set(possible.map(({ id }) => id));
    const order = orderFor(
      chosen.intent,
      chosen.series.filter(({ id }) => ids.has(id)),
    );
    try {
      const body = {
        ...order,
        because: because.trim(),
        ...(letters === undefined ? {} : { confirmedLetters: letters }),
      };
      setOutcomes((await ask('act', { body })).items);
    } catch (error) {
      setProblem(problemFrom(error));
    }
    setBusy(false);
  };

  const { name, what } = ACT_WORDS[act];
  const somebodyElse = problem?.status === 409 || previews?.some((preview) => !preview.possible) === true;
  const title = `${name}${code === undefined ? '' : `: the picture shows ${code}, ${CODE_WORDS[code]}`} – ${many(chosen.series.length, 'series', 'series')}`;
  if (outcomes !== undefined) {
    const count = outcomes.filter((outcome) => outcome.done).length;
    return (
      // A dialog of its own: opening it is what moves the focus.
      <Dialog key="outcome" title={title} onClose={() => onDone(true)} wide>
        <p role="status">
          Done for {many(count, 'series', 'series')}
          {count < outcomes.length && <>, not for {outcomes.length - count}</>}.
        </p>
        <OutcomeTable outcomes={outcomes} labels={labels} />
        <div class="dialog-end">
          <button type="button" class="main" onClick={() => onDone(true)} autofocus>
            Close
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={() => onDone(false)} wide>
      <p>{what}</p>
      {problem !== undefined && <Notice problem={problem} />}
      {previews === undefined && problem === undefined && <p role="status">Asking what would happen …</p>}
      {previews !== undefined && <PreviewTable previews={previews} labels={labels} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void carryOut();
        }}
      >
        {act === 'trust-image' && possible.length > 0 && (
          <ConfirmLetters wanted={letters} typed={typed} onTyped={setTyped} />
        )}
        <ReasonField value={because} onInput={setBecause} />
        <div class="dialog-end">
          {somebodyElse && (
            <button type="button" onClick={() => onDone(true)}>
              Look again
            </button>
          )}
          <button type="button" onClick={() => onDone(false)}>
            Do nothing
          </button>
          <button type="submit" class="main" disabled={!ready}>
            {name}
            {previews !== undefined &&
              possible.length < previews.length &&
              ` (${possible.length} of ${previews.length})`}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
