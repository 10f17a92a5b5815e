/**
 * How free text of a header is compared: without accents, in one width of letters, and with every run of separators as
 * one blank. `*` and `+` stay, since `T2*` is not `T2`.
 */

/** Longer texts are cut: LO and SH have at most 64 characters (PS3.5 6.2), and a pattern must not be fed a novel. */
const GREATEST_LENGTH = 256;

/** Compatibility forms become plain ones (full-width letters, half-width kana) and accents go. */
function withoutAccents(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}+/gu, '');
}

function fold(text: string): string {
  return withoutAccents(text)
    .replace(/[^\p{L}\p{N}*+]+/gu, ' ')
    .trim();
}

/** The forms in which a text is looked at: as written, and with `cineSAX` taken apart into `cine SAX`. */
export function foldedForms(text: string): readonly string[] {
  const cut = text.slice(0, GREATEST_LENGTH);
  const asWritten = fold(cut);
  const takenApart = fold(cut.replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 '));
  return asWritten === takenApart ? [asWritten] : [asWritten, takenApart];
}

/**
 * A regular expression for folded text: accents in the pattern are folded like those in the text, case is ignored.
 * @throws SyntaxError where the pattern is not a regular expression
 */
export function foldedPattern(source: string): RegExp {
  return new RegExp(withoutAccents(source), 'iu');
}
