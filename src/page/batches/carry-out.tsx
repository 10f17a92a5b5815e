import { useState } from 'preact/hooks';
import type { Batch } from '../../api/batches.ts';
import { ReasonField, reasonIsEnough } from '../acts/reason-field.tsx';
import { ask } from '../client.ts';
import { navigate } from '../navigation.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { type Problem, problemFrom } from '../problem.ts';
import { many } from '../words.ts';
import { ACTION_WORDS, orderInWords } from './batch-words.tsx';

/** What a dry run looked at is done now. Asked for twice, it is done once. */
export function CarryOut({ batch }: { readonly batch: Batch }) {
  const [open, setOpen] = useState(false);
  const [because, setBecause] = useState(batch.order.because);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  const begin = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const key = `after-dry-run-${batch.id}-${Date.parse(batch.createdAt)}`;
      const order = { ...batch.order, dryRun: false, because: because.trim(), key };
      const begun = await ask('createBatch', { body: order });
      navigate(`/batches/${begun.id}`);
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" class="main" onClick={() => setOpen(true)}>
        Do it …
      </button>
      {open && (
        <Dialog
          title={`${ACTION_WORDS[batch.order.action].name}: ${many(batch.series.all, 'series', 'series')}`}
          onClose={() => setOpen(false)}
        >
          <p>
            <bdi>{orderInWords(batch.order)}</bdi>
          </p>
          <p>
            The dry run said: <strong>{batch.sentence}</strong> Series that came in since are included where the filter
            lets them through.
          </p>
          {problem !== undefined && <Notice problem={problem} />}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void begin();
            }}
          >
            <ReasonField value={because} onInput={setBecause} />
            <div class="dialog-end">
              <button type="button" onClick={() => setOpen(false)}>
                Do nothing
              </button>
              <button type="submit" class="main" disabled={busy || !reasonIsEnough(because)}>
                Begin
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
