import { useMemo, useState } from 'preact/hooks';
import type { Batch } from '../../api/batches.ts';
import { ReasonField, reasonIsEnough } from '../acts/reason-field.tsx';
import { ask } from '../client.ts';
import { navigate } from '../navigation.tsx';
import { DestinationChoice } from '../parts/destination-choice.tsx';
import { Notice } from '../parts/notice.tsx';
import { type Problem, problemFrom } from '../problem.ts';
import { searchOf } from '../request-address.ts';
import { FilterBar } from '../series-list/filter-bar.tsx';
import { filterInWords, filterOf, listQueryOf } from '../series-list/series-filter.ts';
import { ACTION_WORDS } from './batch-words.tsx';
import { orderKey } from './order-key.ts';

type Action = Batch['order']['action'];

/** A new batch, of the series that the address names. It begins as a dry run: what it would do is seen before it is done. */
export function NewBatch({ search }: { readonly search: string }) {
  const filter = useMemo(() => filterOf(listQueryOf(search)), [search]);
  const [action, setAction] = useState<Action>('resend');
  const [destination, setDestination] = useState('');
  const [to, setTo] = useState('');
  const [because, setBecause] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [key] = useState(orderKey);

  const isWhole = Object.keys(filter).length === 0;

  const begin = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const order = {
        action,
        filter,
        ...(destination === '' ? {} : { destination }),
        ...(to === '' ? {} : { to }),
        dryRun: true,
        because: because.trim(),
      };
      // The same key for the same words: pressed twice, it is one batch.
      const batch = await ask('createBatch', { body: { ...order, key: `${key}-${hashOf(JSON.stringify(order))}` } });
      navigate(`/batches/${batch.id}`);
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  };
  return (
    <section class="panel new-batch">
      <h2>New batch</h2>
      <h3>Of which series</h3>
      <FilterBar
        query={filter}
        onQuery={(query) => navigate(`/batches${searchOf({ ...filterOf(query), new: true })}`, { replace: true })}
      />
      <p>
        {isWhole ? (
          <span class="warn">Say which series: a batch without any filter would be of all there are.</span>
        ) : (
          <>
            Of: <strong>{filterInWords(filter)}</strong>
          </>
        )}
      </p>
      {problem !== undefined && <Notice problem={problem} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <fieldset class="choices">
          <legend>What</legend>
          {(Object.keys(ACTION_WORDS) as Action[]).map((one) => (
            <label key={one}>
              <input type="radio" name="action" checked={action === one} onChange={() => setAction(one)} />
              <span>
                {ACTION_WORDS[one].name} <span class="hint">{ACTION_WORDS[one].what}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <div class="filter-row">
          <DestinationChoice
            label="only what goes to"
            none="every destination"
            value={destination}
            onValue={setDestination}
          />
          <DestinationChoice label="send to" none="where it went before" value={to} onValue={setTo} />
        </div>
        <ReasonField value={because} onInput={setBecause} />
        <div class="dialog-end">
          <button type="button" onClick={() => navigate('/batches')}>
            Do nothing
          </button>
          <button type="submit" class="main" disabled={busy || isWhole || !reasonIsEnough(because)}>
            Dry run
          </button>
        </div>
      </form>
    </section>
  );
}

/** Tells texts apart; nothing depends on it being hard to find another. */
function hashOf(text: string): string {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return hash.toString(16);
}
