import { useEffect, useRef } from 'preact/hooks';

/** What a key does. `keys`: one `KeyboardEvent.key`, with `Shift+` before it where that is meant, or two after each other: `g o`. */
export interface KeyBinding {
  readonly keys: string;
  readonly does: string;
  readonly run: (event: KeyboardEvent) => void;
}

export interface KeyGroup {
  readonly name: string;
  readonly bindings: readonly KeyBinding[];
}

/** The second key of a pair has to come this soon. */
const PAIR_MS = 1500;

const groups = new Set<{ current: KeyGroup }>();
let first: { readonly key: string; readonly at: number } | undefined;

/** The keys that work now, for the view that tells them. */
export function keysNow(): readonly KeyGroup[] {
  return [...groups].map(({ current }) => current).filter(({ bindings }) => bindings.length > 0);
}

/** Keys that work while the component is there, except while somebody types or a dialog is open. Later ones go first. */
export function useKeys(name: string, bindings: readonly KeyBinding[]): void {
  const group = useRef<KeyGroup>({ name, bindings });
  group.current = { name, bindings };
  useEffect(() => {
    if (groups.size === 0) addEventListener('keydown', pressed);
    groups.add(group);
    return () => {
      groups.delete(group);
      if (groups.size === 0) removeEventListener('keydown', pressed);
    };
  }, []);
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
  const pair = first !== undefined && event.timeStamp - first.at < PAIR_MS ? `${first.key} ${event.key}` : undefined;
  const single = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
  first = undefined;
  const all = keysNow()
    .toReversed()
    .flatMap(({ bindings }) => bindings);
  const found = all.find(({ keys }) => keys === pair) ?? all.find(({ keys }) => keys === single);
  if (found !== undefined) {
    event.preventDefault();
    found.run(event);
  } else if (all.some(({ keys }) => keys.startsWith(`${event.key} `))) {
    first = { key: event.key, at: event.timeStamp };
  }
}

/** Whether the key belongs to what has the focus: a field that is typed into, or, for Enter and space, a control. */
function isTaken(event: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  const at = event.target instanceof Element ? event.target : null;
  if (at === null) return false;
  if (
    at.matches('textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="button"])')
  ) {
    return true;
  }
  return ['Enter', ' '].includes(event.key) && at.matches('a, button, input, summary, [role="button"]');
}
