/** When something may be sent: a range of minutes on days of the week, by the clock on the wall. */
export interface TimeWindow {
  /** Days on which it begins, 0 for Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight. Where the end is not after the begin, it ends on the day after. */
  readonly from: number;
  readonly to: number;
}

/** A moment of the week, by the clock on the wall. */
export interface WallTime {
  /** 0 for Sunday. */
  readonly day: number;
  /** After midnight. */
  readonly minute: number;
}

const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const DAY_MINUTES = 1440;
const WINDOW = /^(?:(?<days>[A-Za-z,-]+) +)?(?<from>\d\d:\d\d)-(?<to>\d\d:\d\d)$/;

/** Reads `18:00-06:00`, `Mon-Fri 18:00-06:00` or `Sat,Sun 00:00-24:00`; undefined where it is none of these. */
export function parseTimeWindow(text: string): TimeWindow | undefined {
  const groups = WINDOW.exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  const days = groups['days'] === undefined ? EVERY_DAY : daysIn(groups['days']);
  const from = minuteIn(groups['from'] as string);
  const to = minuteIn(groups['to'] as string);
  if (days === undefined || from === undefined || to === undefined || from === DAY_MINUTES || from === to) {
    return undefined;
  }
  return { days, from, to };
}

function minuteIn(text: string): number | undefined {
  const [hours, minutes] = text.split(':').map(Number) as [number, number];
  const minute = hours * 60 + minutes;
  return minutes < 60 && minute <= DAY_MINUTES ? minute : undefined;
}

function daysIn(text: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last, ...more] = part.split('-').map((name) => DAY_NAMES.indexOf(name));
    const end = last ?? first;
    if (first === undefined || end === undefined || first < 0 || end < 0 || more.length > 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === end) break;
    }
  }
  return [...days];
}

/** Whether one of the windows is open; without any, it always is. */
export function isOpenAt(windows: readonly TimeWindow[], { day, minute }: WallTime): boolean {
  if (windows.length === 0) return true;
  const yesterday = (day + 6) % 7;
  return windows.some(({ days, from, to }) => {
    if (to > from) return days.includes(day) && minute >= from && minute < to;
    return (days.includes(day) && minute >= from) || (days.includes(yesterday) && minute < to);
  });
}
