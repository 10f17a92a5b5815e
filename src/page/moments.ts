/** Moments as ISO texts of the node, shown in the time zone of the desktop. */
const DATE = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' });
const MINUTE = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
const SECOND = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
const HOUR = new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit' });

/** `2026-11-21 14:03`. */
export function toMinute(moment: string): string {
  return MINUTE.format(new Date(moment));
}

/** `2026-11-21 14:03:07`. */
export function toSecond(moment: string): string {
  return SECOND.format(new Date(moment));
}

/** `14:00`. */
export function clockOf(moment: string): string {
  return HOUR.format(new Date(moment));
}

/** The day that a moment lies in, `2026-11-21`. */
export function dayOf(moment: string): string {
  return DATE.format(new Date(moment));
}

/** The first moment of a day, moved by so many days. */
export function startOfDay(day: string, moved = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number);
  const start = new Date(year ?? Number.NaN, (month ?? Number.NaN) - 1, (date ?? Number.NaN) + moved);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** A DICOM date as people write it, where it is one; else as it came. */
export function shownDate(date: string): string {
  return /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date;
}

/** `45 s`, `12 min`, `3 h`, `2 days`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
