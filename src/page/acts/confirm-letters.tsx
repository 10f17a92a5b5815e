import type { EdgeLetters } from '../../api/words.ts';
import { EDGES } from '../parts/edge-letters.tsx';
import { sameLetters } from './act-order.ts';

export const NO_LETTERS: EdgeLetters = { top: '', right: '', bottom: '', left: '' };

interface ConfirmLettersProps {
  /** Undefined where the series would not all have the same. */
  readonly wanted: EdgeLetters | undefined;
  readonly typed: EdgeLetters;
  readonly onTyped: (letters: EdgeLetters) => void;
}

/** Who moves anatomy in patient space names where it will lie. Typed, because a click is too easily made. */
export function ConfirmLetters({ wanted, typed, onTyped }: ConfirmLettersProps) {
  if (wanted === undefined) {
    return (
      <p class="notice notice-warn">
        The letters of these series would differ, or are not known. Act on them one by one, so that you can confirm
        each.
      </p>
    );
  }
  const right = sameLetters(wanted, typed);
  return (
    <fieldset class="confirm-letters">
      <legend>Confirm the letters that the pictures will have: type those named under “after”</legend>
      <div class="letters-entry">
        {EDGES.map((edge) => (
          <label key={edge} class={`letter-${edge}`}>
            <span class="unseen">Letters at the {edge}</span>
            <input
              value={typed[edge]}
              size={3}
              maxLength={3}
              autocomplete="off"
              spellcheck={false}
              placeholder={edge}
              onInput={(event) => onTyped({ ...typed, [edge]: event.currentTarget.value.toUpperCase() })}
            />
          </label>
        ))}
      </div>
      <p role="status" class={right ? 'good' : 'soft'}>
        {right ? '✓ These are the letters.' : 'Not yet the letters named under “after”.'}
      </p>
    </fieldset>
  );
}
