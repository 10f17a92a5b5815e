/** What the node, or the way to it, answered instead of what was asked for. The message is for a person. */
export class Problem extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The product's error code, where the node gave one. */
  readonly code: string | undefined;

  constructor(status: number, message: string, code?: string) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
  }
}

const WORDS: Readonly<Record<number, string>> = {
  401: 'You are not signed in any more.',
  403: 'Your role does not allow this.',
  404: 'This is not here (any more).',
  409: 'Somebody else was faster. Look again before you act.',
  429: 'Too many requests. Wait a moment and try again.',
  503: 'The node cannot take this at the moment.',
};

/** Problem details (RFC 9457) in words; of any other body only the status is told. */
export function problemOf(status: number, body: unknown): Problem {
  const { title, detail, code } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const told = [title, detail].filter((text): text is string => typeof text === 'string' && text !== '');
  const message = told.length > 0 ? told.join(': ') : (WORDS[status] ?? `The node answered with status ${status}.`);
  return new Problem(status, message, typeof code === 'string' ? code : undefined);
}

/** For what a request throws before there is an answer. */
export function unreachable(): Problem {
  return new Problem(0, 'The node does not answer. Is it running, and is the network up?');
}

export function problemFrom(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem(0, thrown instanceof Error ? thrown.message : String(thrown));
}
