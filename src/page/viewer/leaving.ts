import type { Correction } from '../../core/orientation/d4.ts';

/** What the right viewport shows. */
export interface Leaving {
  readonly kind: 'result' | 'as-received' | 'preview';
  /** From the received picture to the one that is shown. */
  readonly correction: Correction;
  readonly note: string;
}
