import { withoutTrailing } from '../trailing-characters.ts';

/** The forms in which values are compared: those that were received, and those that a search asks for. */

/** Names are compared without regard to case and accents, and without empty components at their end (PS3.4 C.2.2.2.1). */
export function foldedName(name: string): string {
  const folded = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();
  return withoutTrailing(folded, '^ ');
}

/** `YYYYMMDD`; undefined for what is no date. Dates with dots are of before DICOM (PS3.5 6.2). */
export function comparableDate(date: string): string | undefined {
  const digits = date.trim().replace(/^(\d{4})\.(\d\d)\.(\d\d)$/, '$1$2$3');
  return /^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(digits) ? digits : undefined;
}

/** First and last moment of a time of day that may leave out minutes, seconds and fractions. */
export interface TimeSpan {
  /** `HHMMSS.FFFFFF` */
  readonly from: string;
  readonly to: string;
}

const TIME = /^([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)(?:\.(\d{1,6}))?)?)?$/;

/** Undefined for what is no time of day. */
export function comparableTime(time: string): TimeSpan | undefined {
  const parts = TIME.exec(time.trim());
  if (parts === null) return undefined;
  const [, hours = '', minutes, seconds, fraction = ''] = parts;
  return {
    from: `${hours}${minutes ?? '00'}${seconds ?? '00'}.${fraction.padEnd(6, '0')}`,
    to: `${hours}${minutes ?? '59'}${seconds ?? '59'}.${fraction.padEnd(6, '9')}`,
  };
}

/** A whole number as it is compared: `007` and `+7` are 7. */
export function comparableInteger(text: string): number | undefined {
  const trimmed = text.trim();
  const value = Number(trimmed);
  return /^[+-]?\d{1,12}$/.test(trimmed) && Number.isSafeInteger(value) ? value : undefined;
}
