/** `/api/v1` + path with its `{names}` filled in + the query's values that are there. */
export function requestAddress(path: string, params: object = {}, query: object = {}): string {
  const values = params as Readonly<Record<string, unknown>>;
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (values[name] === undefined) throw new TypeError(`${path} needs ${name}`);
    return encodeURIComponent(String(values[name]));
  });
  return `/api/v1${filled}${searchOf(query)}`;
}

/** `?a=1&b=2`, or nothing where no value is there; empty texts are none. */
export function searchOf(query: object): string {
  const values = query as Readonly<Record<string, string | number | boolean | null | undefined>>;
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)]));
  return pairs.length === 0 ? '' : `?${search}`;
}
