import type { Response } from 'express';
import { NodeError } from '../../core/errors.ts';
import { askerOf, type SignedIn } from '../sign-in/asker.ts';

/** Who asks, behind `mustBe`. @throws NodeError unauthorized where it was left out */
export function whoAsks(response: Response): SignedIn {
  const asker = askerOf(response);
  if (asker === undefined) throw new NodeError('unauthorized', 'Sign in first');
  return asker;
}
