/** Milliseconds since 1970 UTC as the JSON interface writes them (ISO 8601). */
export function moment(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
