import { useEffect } from 'preact/hooks';
import type { LiveChange, LiveTopic } from '../api/live.ts';

type Listener = (topics: readonly LiveTopic[]) => void;

/** Changes arrive in bursts; a page that asks again this often looks alive and does not load the node. */
const GATHER_MS = 800;
const RECONNECT_MS = 5000;
const ALL_TOPICS: readonly LiveTopic[] = ['series', 'decisions', 'reviews', 'deliveries', 'batches'];

/** Told to the window when the node does not tell changes to this page any more. */
export const REFUSED = 'page:live-refused';

const listeners = new Set<Listener>();
let source: EventSource | undefined;
let gathered = new Set<LiveTopic>();
let timer: number | undefined;

function tell(topics: readonly LiveTopic[]): void {
  for (const topic of topics) gathered.add(topic);
  if (timer !== undefined) return;
  timer = window.setTimeout(() => {
    const told = [...gathered];
    gathered = new Set();
    timer = undefined;
    for (const listener of [...listeners]) listener(told);
  }, GATHER_MS);
}

function connect(): void {
  let wasLost = false;
  const events = new EventSource('/api/v1/events');
  source = events;
  events.addEventListener('changed', (event: MessageEvent<string>) => {
    tell((JSON.parse(event.data) as LiveChange).topics);
  });
  // What changed while there was no connection nobody told.
  events.addEventListener('open', () => wasLost && tell(ALL_TOPICS));
  events.addEventListener('error', () => {
    wasLost = true;
    // The browser connects again by itself, except where the node refused: then the session may be over.
    if (events.readyState !== EventSource.CLOSED) return;
    dispatchEvent(new Event(REFUSED));
    window.setTimeout(() => {
      if (source !== events) return;
      if (listeners.size === 0) source = undefined;
      else connect();
    }, RECONNECT_MS);
  });
}

/** Calls back when one of the topics may have changed. `changed` may be a new function each time only with cause. */
export function useLive(topics: readonly LiveTopic[], changed: () => void): void {
  const wanted = topics.join();
  useEffect(() => {
    if (wanted === '') return;
    const listener: Listener = (told) => {
      if (told.some((topic) => wanted.split(',').includes(topic))) changed();
    };
    listeners.add(listener);
    if (source === undefined) connect();
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      source?.close();
      source = undefined;
    };
  }, [wanted, changed]);
}
