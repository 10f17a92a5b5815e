/**
 * `text` without the characters of `padding` at its end, in time proportional to what is taken off. A regular expression
 * such as `/ +$/` takes the square of the longest run of blanks anywhere in the text: hours for one hostile value.
 */
export function withoutTrailing(text: string, padding: string): string {
  let end = text.length;
  while (end > 0 && padding.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** NUL and space fill values up to an even length (PS3.5 6.2). */
export const VALUE_PADDING = '\0 ';
