/** Which list somebody came from, so that the next series of it is one key away. Of this tab only, and of no patient. */
export interface ListTrail {
  /** Where the list is. */
  readonly address: string;
  /** `id` of its series in its order, as far as they were loaded. */
  readonly ids: readonly number[];
}

/** The series before and after one in a list. */
export function besides({ ids }: ListTrail, id: number): { readonly before?: number; readonly after?: number } {
  const at = ids.indexOf(id);
  if (at < 0) return {};
  const [before, after] = [ids[at - 1], ids[at + 1]];
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}
