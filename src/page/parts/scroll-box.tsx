import type { ComponentChildren } from 'preact';

interface ScrollBoxProps {
  readonly label: string;
  /** Not higher than part of the window. */
  readonly tall?: boolean;
  readonly children: ComponentChildren;
}

/** What may be larger than its place. It takes the focus, so that it can be scrolled by keyboard. */
export function ScrollBox({ label, tall, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class={tall === true ? 'wide tall' : 'wide'} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
