import type { PagedName, Pages } from '../use-pages.ts';
import { count } from '../words.ts';

interface ListEndProps<Name extends PagedName> {
  readonly pages: Pages<Name>;
  /** What is listed, in the plural. */
  readonly name: string;
}

/** How much of a list is there, and the way to more of it. */
export function ListEnd<Name extends PagedName>({ pages, name }: ListEndProps<Name>) {
  return (
    <p class="soft list-end" role="status">
      {pages.last === undefined
        ? pages.loading
          ? 'Asking the node …'
          : ''
        : `${count(pages.items.length)} ${name} shown. `}
      {pages.last?.next != null && (
        <button type="button" class="quiet" disabled={pages.loading} onClick={pages.more}>
          Load more
        </button>
      )}
    </p>
  );
}
