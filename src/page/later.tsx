import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Notice } from './parts/notice.tsx';
import { Problem } from './problem.ts';

interface LaterProps<Props> {
  readonly load: () => Promise<ComponentType<Props>>;
  readonly props: Props;
}

/** A part of the page that is loaded when it is first needed. `load` must be the same function each time. */
export function Later<Props extends object>({ load, props }: LaterProps<Props>) {
  const [Part, setPart] = useState<ComponentType<Props>>();
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    setFailed(false);
    load().then(
      (part) => wanted && setPart(() => part),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [load, turn]);
  if (Part !== undefined) return <Part {...props} />;
  if (!failed) return <p role="status">Loading …</p>;
  const problem = new Problem(0, 'This part of the page could not be loaded. After an update, reload the page.');
  return <Notice problem={problem} again={() => setTurn(turn + 1)} />;
}
