import { useState } from 'preact/hooks';
import type { Destinations, RetryOrder } from '../../api/deliveries.ts';
import { ReasonField, reasonIsEnough } from '../acts/reason-field.tsx';
import { ask } from '../client.ts';
import { DestinationChoice } from '../parts/destination-choice.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { type Problem, problemFrom } from '../problem.ts';
import { count, many } from '../words.ts';

/** These instances, or all that fails or was given up of one destination. */
export type WhatToRetry =
  | { readonly kind: 'instances'; readonly ids: readonly number[] }
  | { readonly kind: 'destination'; readonly destination: Destinations['items'][number] };

interface RetryDialogProps {
  readonly what: WhatToRetry;
  readonly onDone: (queued: boolean) => void;
}

/** Another try, to the same archive or to another one. */
export function RetryDialog({ what, onDone }: RetryDialogProps) {
  const [to, setTo] = useState('');
  const [because, setBecause] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [queued, setQueued] = useState<number>();
  const number = what.kind === 'instances' ? what.ids.length : what.destination.failing + what.destination.dead;
  const title = `Try ${many(number, 'instance')} again`;

  const isGone = what.kind === 'destination' && !what.destination.configured;

  const retry = async () => {
    setBusy(true);
    setProblem(undefined);
    const which: Partial<RetryOrder> =
      what.kind === 'instances' ? { ids: [...what.ids] } : { destination: what.destination.name };
    try {
      const body = { ...which, ...(to === '' ? {} : { to }), because: because.trim() };
      setQueued((await ask('retryDeliveries', { body })).queued);
    } catch (error) {
      setProblem(problemFrom(error));
    }
    setBusy(false);
  };
  if (queued !== undefined) {
    return (
      <Dialog title={title} onClose={() => onDone(true)}>
        <p role="status">
          {queued === 0
            ? 'Nothing was queued: it arrived meanwhile, or its file or its destination is not there any more.'
            : `${many(queued, 'instance')} queued, to be sent at once.`}
          {queued > 0 && queued < number && ` ${count(number - queued)} arrived meanwhile or cannot be sent any more.`}
        </p>
        <div class="dialog-end">
          <button type="button" class="main" onClick={() => onDone(true)} autofocus>
            Close
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={() => onDone(false)}>
      {what.kind === 'destination' && (
        <p>
          All that fails or was given up of <bdi>{what.destination.name}</bdi>.
          {isGone && ' It is not configured any more: send to another one.'}
        </p>
      )}
      {problem !== undefined && <Notice problem={problem} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void retry();
        }}
      >
        <DestinationChoice
          label="Send to"
          none={isGone ? 'choose one' : 'where it was to go'}
          value={to}
          onValue={setTo}
        />
        <ReasonField value={because} onInput={setBecause} />
        <div class="dialog-end">
          <button type="button" onClick={() => onDone(false)}>
            Do nothing
          </button>
          <button type="submit" class="main" disabled={busy || (isGone && to === '') || !reasonIsEnough(because)}>
            Try again
          </button>
        </div>
      </form>
    </Dialog>
  );
}
