import { type OrientationCode, stepsOf } from '../../core/orientation/d4.ts';
import { CODE_WORDS } from '../words.ts';

interface GlyphProps {
  readonly code: OrientationCode;
  /** Edge in CSS pixels. */
  readonly size?: number;
}

/**
 * The standard picture as a sign, turned as the code says: left ventricle a ring, right ventricle a crescent at its left,
 * the sternum a bar at the top. A sign beside the words, never instead of them.
 */
export function OrientationGlyph({ code, size = 18 }: GlyphProps) {
  return (
    <svg class="glyph" width={size} height={size} viewBox="-10 -10 20 20" aria-hidden="true">
      <g transform={matrixOf(code)} fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round">
        <circle cx="2.4" cy="1.6" r="4.1" />
        <path d="M-0.6 -3.6 C-8 -3.4 -8.4 5 -2.6 7.2" />
        <path d="M-5.5 -8 H5.5" stroke-width="2.4" />
      </g>
    </svg>
  );
}

/** Sign, code and words. */
export function Orientation({ code }: { readonly code: OrientationCode }) {
  return (
    <span class="orientation">
      <OrientationGlyph code={code} /> <span class="mono">{code}</span> <span class="soft">{CODE_WORDS[code]}</span>
    </span>
  );
}

/** Of points whose x goes right and y goes down from the middle: first t swaps them, then v negates y, then h negates x. */
export function matrixOf(code: OrientationCode): string {
  const { transpose, vertical, horizontal } = stepsOf(code);
  const x = horizontal ? -1 : 1;
  const y = vertical ? -1 : 1;
  return transpose ? `matrix(0 ${y} ${x} 0 0 0)` : `matrix(${x} 0 0 ${y} 0 0)`;
}
