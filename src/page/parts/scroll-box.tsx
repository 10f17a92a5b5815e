import type { ComponentChildren } from 'preact';

interface ScrollBoxProps {
  readonly label: string;
  /** Not higher than part of the window. */
  readonly tall?: boolean;
  /** Its rows are those that keys move in. */
  readonly rows?: boolean;
  readonly children: ComponentChildren;
}

/** What may be larger than its place. It takes the focus, so that it can be scrolled by keyboard. */
export function ScrollBox({ label, tall, rows, children }: ScrollBoxProps) {
  const marks = { class: tall === true ? 'wide tall' : 'wide', ...(rows === true ? { 'data-rows': '' } : {}) };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section {...marks} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
