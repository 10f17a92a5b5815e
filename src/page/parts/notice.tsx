import type { Problem } from '../problem.ts';

interface NoticeProps {
  readonly problem: Problem;
  readonly again?: () => void;
}

/** What went wrong, in words, and the way to try again. */
export function Notice({ problem, again }: NoticeProps) {
  return (
    <div class="notice notice-bad" role="alert">
      <p>{problem.message}</p>
      {again !== undefined && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}
