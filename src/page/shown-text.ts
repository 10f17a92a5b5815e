/**
 * A text of unknown origin as it may be shown: controls, direction marks and invisible characters become their numbers, so
 * that what one reads is what is there. Letters of all scripts stay, and
 * the two joiners that some scripts need.
 */
export function shownText(text: string): string {
  return text.replace(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|\p{Surrogate}/gu, (character) => {
    const number = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    return `⟨${number}⟩`;
  });
}

/** A name of the value representation PN for people: family and given names apart, the other writings behind. */
export function shownName(name: string): string {
  const writings = name.split('=').map((writing) => {
    const [family = '', given = '', middle = '', prefix = '', suffix = ''] = writing
      .split('^')
      .map((part) => part.trim());
    const first = [given, middle].filter(Boolean).join(' ');
    return [[prefix, family].filter(Boolean).join(' '), first, suffix].filter(Boolean).join(', ');
  });
  return shownText(writings.filter(Boolean).join(' = '));
}
