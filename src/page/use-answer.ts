import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { EndpointName } from '../api/endpoints.ts';
import type { LiveTopic } from '../api/live.ts';
import { ask, type Received, type Request } from './client.ts';
import { useLive } from './live.ts';
import { type Problem, problemFrom } from './problem.ts';

export interface Shown<Name extends EndpointName> {
  /** The last answer; stays while a newer one is asked for. */
  readonly answer: Received<Name> | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly again: () => void;
}

/** What an endpoint answers, asked again when the request changes or one of the topics does. */
export function useAnswer<Name extends EndpointName>(
  name: Name,
  request: Request<Name>,
  topics: readonly LiveTopic[] = [],
): Shown<Name> {
  const key = JSON.stringify(request);
  const [shown, setShown] = useState<Omit<Shown<Name>, 'again'> & { readonly key: string }>({
    key,
    answer: undefined,
    problem: undefined,
    loading: true,
  });
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const asked = useRef(request);
  asked.current = request;
  useEffect(() => {
    const stop = new AbortController();
    setShown((before) => ({ ...before, loading: true }));
    ask(name, asked.current, { signal: stop.signal }).then(
      (answer) => setShown({ key, answer, problem: undefined, loading: false }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setShown((before) => ({ ...before, problem: problemFrom(error), loading: false }));
      },
    );
    return () => stop.abort();
  }, [name, key, turn]);
  useLive(topics, again);
  return { answer: shown.answer, problem: shown.problem, loading: shown.loading || shown.key !== key, again };
}
