/** Greatest length of a DS value (PS3.5 6.2). */
const DS_LENGTH = 16;

/**
 * `value` with as many digits as fit into the 16 characters of a DS value; without an exponent from 1e-6 on, because a
 * sign has room there when the leading zero goes.
 * @throws RangeError where the value is not finite
 */
export function formatDecimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('a DS value must be finite');
  if (value === 0) return '0';
  const exact = String(value);
  if (exact.length <= DS_LENGTH) return exact;
  for (let digits = 17; digits > 0; digits--) {
    const text = shorter(value.toPrecision(digits));
    if (text.length <= DS_LENGTH) return text;
  }
  throw new RangeError('a DS value must be representable');
}

/** Drops the zeros that say nothing: `0.500` is `.5`-free `0.5`, `1e+21` stays. */
function shorter(text: string): string {
  const [mantissa = '', exponent] = text.split('e');
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return exponent === undefined ? trimmed : `${trimmed}e${exponent}`;
}

/**
 * The negated decimal string, digit for digit, so that turning and turning back restores the very text. Scanners write
 * `0.99996192306417`, which has no room for a sign: its leading zero goes, and comes back with the sign's going.
 */
export function negateDecimalString(text: string): string {
  if (Number(text) === 0) return text;
  if (text.startsWith('-.') && text.length === DS_LENGTH) return `0${text.slice(1)}`;
  if (text.startsWith('-')) return text.slice(1);
  const digits = text.startsWith('+') ? text.slice(1) : text;
  if (digits.length < DS_LENGTH) return `-${digits}`;
  return digits.startsWith('0.') ? `-${digits.slice(1)}` : formatDecimalString(-Number(digits));
}
