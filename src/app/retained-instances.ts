import { catalogueMatches } from '../store/catalogue-matches.ts';
import { searchCatalogue } from '../store/catalogue-search.ts';
import { cataloguedRecords } from '../store/retained.ts';
import type { CatalogueKeeper } from './catalogue-keeper.ts';
import type { NodeContext } from './node-context.ts';
import type { Retained } from './ports.ts';
import { openRetained } from './retained-file.ts';

/** A search waits so long for what arrived just before. */
const CATCH_UP_MS = 500;
/** So many matches are read from the database at a time. */
const MATCHES_AT_ONCE = 500;

/** Searches and opens what the catalogue holds; what turns out to be gone is dropped from it. */
export function retainedInstances(
  context: Pick<NodeContext, 'db' | 'dataDir' | 'log'>,
  keeper: CatalogueKeeper,
): Retained {
  const { db } = context;
  return {
    search: async (query) => {
      const isBehind = !(await keeper.upToDate(CATCH_UP_MS));
      const { ids, more } = await searchCatalogue(db, query);
      return {
        count: ids.length,
        more,
        isBehind,
        async *matches() {
          for (let at = 0; at < ids.length; at += MATCHES_AT_ONCE) {
            yield await catalogueMatches(db, query.level, ids.slice(at, at + MATCHES_AT_ONCE));
          }
        },
      };
    },
    find: async (selector) => {
      // Viewers ask for one instance again and again: only one that is not there is waited for.
      const known = selector.sopInstanceUid === undefined ? [] : await cataloguedRecords(db, selector);
      if (known.length === 0) await keeper.upToDate(CATCH_UP_MS);
      const records = known.length > 0 ? known : await cataloguedRecords(db, selector);
      return records.map((record) => ({
        ...record,
        open: async () => {
          const file = await openRetained(record, context);
          if (file === undefined) keeper.drop(record);
          return file;
        },
      }));
    },
  };
}
