import type { Response } from 'express';

/** Answers with problem details (RFC 9457). The detail names attributes and parameters, never a value of a patient. */
export function refuse(response: Response, status: number, problem: { title: string; detail?: string }): void {
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', status, ...problem }));
}

export const NOT_RETAINED = { title: 'Nothing of this is retained here' };
