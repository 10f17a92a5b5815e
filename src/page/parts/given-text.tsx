import { shownText } from '../shown-text.ts';

interface GivenTextProps {
  readonly text: string | null | undefined;
  /** At most so wide, in ch; the full text is in the title and can be selected. */
  readonly width?: number;
}

/** A text that came with the data: never more than text, apart from the writing direction of what stands around it. */
export function GivenText({ text, width }: GivenTextProps) {
  if (text === null || text === undefined || text === '') return <span class="soft">–</span>;
  const shown = shownText(text);
  return (
    <bdi class="clip" title={shown} {...(width === undefined ? {} : { style: { maxWidth: `${width}ch` } })}>
      {shown}
    </bdi>
  );
}
