/** Keys and their values, as YAML gives them. */
export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Groups of keys are merged, everything else replaces. A key without a value, as in `routing:`, says nothing. */
export function merged(base: Mapping, over: Mapping): Mapping {
  const changed = Object.entries(over)
    .filter(([, value]) => value !== null)
    .map(([key, value]): [string, unknown] => {
      const below = Object.hasOwn(base, key) ? base[key] : undefined;
      return [key, isMapping(value) ? merged(isMapping(below) ? below : {}, value) : value];
    });
  return Object.fromEntries([...Object.entries(base), ...changed]);
}

/** The value at a path replaced. */
export function withValue(base: Mapping, [key, ...rest]: readonly string[], value: unknown): Mapping {
  if (key === undefined) return base;
  const below = Object.hasOwn(base, key) ? base[key] : undefined;
  if (rest.length > 0) return { ...base, [key]: withValue(isMapping(below) ? below : {}, rest, value) };
  return { ...base, [key]: isMapping(value) ? merged(isMapping(below) ? below : {}, value) : value };
}
