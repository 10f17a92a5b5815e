import type { ComponentChildren } from 'preact';

interface WideProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

/** What may be wider than its place: scrolled by the arrow keys while it has the focus, whatever they do elsewhere. */
export function Wide({ name, children }: WideProps) {
  return (
    <section
      class="wide"
      aria-label={name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.key.startsWith('Arrow')) event.stopPropagation();
      }}
    >
      {children}
    </section>
  );
}
