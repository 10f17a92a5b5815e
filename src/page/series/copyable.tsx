import { useState } from 'preact/hooks';
import { GivenText } from '../parts/given-text.tsx';

interface CopyableProps {
  readonly text: string;
  readonly width?: number;
}

/** A text that people take with them: a UID, a hash. */
export function Copyable({ text, width }: CopyableProps) {
  const [word, setWord] = useState('copy');
  const copy = () =>
    // Only there where the page came over a safe line; the text can be selected all the same.
    (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
      () => setWord('copied'),
      () => setWord('select and copy it'),
    );
  return (
    <span class="copyable">
      <span class="mono">
        <GivenText text={text} {...(width === undefined ? {} : { width })} />
      </span>
      <button type="button" class="quiet" onClick={() => void copy()} aria-label={`Copy ${text}`}>
        <span aria-live="polite">{word}</span>
      </button>
    </span>
  );
}
