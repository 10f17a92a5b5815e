import type { Response } from 'express';

/** Answers with problem details (RFC 9457). The detail names attributes and parameters, never a value of a patient. */
export function refuse(response: Response, status: number, problem: { title: string; detail?: string }): void {
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', status, ...problem }));
}

export const NOT_RETAINED = { title: 'Nothing of this is retained here' };

/** Says what of a request was not done (RFC 7234 5.5). */
export function warn(response: Response, warnings: readonly string[]): void {
  if (warnings.length > 0) response.setHeader('Warning', warnings.map((text) => `299 cmr-node "${text}"`).join(', '));
}
