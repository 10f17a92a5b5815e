import { useState } from 'preact/hooks';
import { listTrail } from '../kept-list-trail.ts';
import { useKeys } from '../keys.ts';
import { besides } from '../list-trail.ts';
import { Link, navigate } from '../navigation.tsx';

/** The way on through the list that somebody came from. */
export function NextInList({ id }: { readonly id: number }) {
  const [trail] = useState(listTrail);
  const { before, after } = trail === undefined ? {} : besides(trail, id);
  const go = (to: number | undefined) => () => {
    if (to !== undefined) navigate(`/series/${to}`);
  };
  useKeys('List', [
    { keys: 'n', does: 'Next series of the list', run: go(after) },
    { keys: 'p', does: 'Series before in the list', run: go(before) },
  ]);
  return (
    <nav class="series-next" aria-label="List">
      {before !== undefined && (
        <Link to={`/series/${before}`}>
          <kbd>p</kbd> before
        </Link>
      )}
      {after !== undefined && (
        <Link to={`/series/${after}`}>
          <kbd>n</kbd> next
        </Link>
      )}
      <Link to={trail?.address ?? '/series'}>to the list</Link>
    </nav>
  );
}
