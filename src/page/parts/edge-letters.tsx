import type { EdgeLetters } from '../../api/words.ts';

export const EDGES = ['top', 'right', 'bottom', 'left'] as const;

/** The letters at the four edges of a picture, as a small picture of their own. */
export function Letters({ letters, name }: { readonly letters: EdgeLetters | null; readonly name: string }) {
  if (letters === null) return <span class="soft">{name}: no letters</span>;
  return (
    <span
      class="letters"
      role="img"
      aria-label={`${name}: ${EDGES.map((edge) => `${edge} ${letters[edge]}`).join(', ')}`}
    >
      {EDGES.map((edge) => (
        <span key={edge} class={`letter-${edge}`} aria-hidden="true">
          {letters[edge]}
        </span>
      ))}
      <span class="letters-name" aria-hidden="true">
        {name}
      </span>
    </span>
  );
}
