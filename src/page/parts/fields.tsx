import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { dayOf } from '../moments.ts';
import type { Choice } from './choice.ts';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

const TYPING_MS = 300;

/** A field that tells what was typed when the person pauses. */
export function TypedField({
  label,
  value,
  onValue,
  type = 'text',
}: FieldProps & { readonly type?: 'text' | 'search' | 'number' }) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  const told = useRef({ value, onValue });
  useEffect(() => {
    if (value !== told.current.value) setTyped(value);
    told.current = { value, onValue };
  });
  useEffect(() => {
    const pause = window.setTimeout(() => {
      const trimmed = typed.trim();
      if (trimmed === told.current.value) return;
      told.current.value = trimmed;
      told.current.onValue(trimmed);
    }, TYPING_MS);
    return () => window.clearTimeout(pause);
  }, [typed]);
  const changed = (event: InputEvent & { readonly currentTarget: HTMLInputElement }) =>
    setTyped(event.currentTarget.value);
  return (
    <label class={`field field-${type} ${value === '' ? '' : 'field-set'}`} for={id}>
      <span>{label}</span>
      {type === 'number' ? (
        <input id={id} type="number" min={0} max={1} step={0.05} value={typed} onInput={changed} />
      ) : (
        <input id={id} type={type as 'text'} maxLength={100} value={typed} onInput={changed} />
      )}
    </label>
  );
}

/** One of a closed list, or any. */
export function ChoiceField({ label, value, choices, onValue }: FieldProps & { readonly choices: readonly Choice[] }) {
  return (
    <label class={`field ${value === '' ? '' : 'field-set'}`}>
      <span>{label}</span>
      <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">any</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface DayFieldProps {
  readonly label: string;
  /** A moment: the first of the day, or, with `last`, the first after it. */
  readonly value: string | undefined;
  readonly last?: boolean;
  readonly onValue: (day: string | undefined) => void;
}

/** A day, told as it was chosen. */
export function DayField({ label, value, last = false, onValue }: DayFieldProps) {
  const day = value === undefined ? '' : dayOf(new Date(Date.parse(value) - (last ? 1 : 0)).toISOString());
  return (
    <label class={`field ${value === undefined ? '' : 'field-set'}`}>
      <span>{label}</span>
      <input type="date" value={day} onChange={(event) => onValue(event.currentTarget.value || undefined)} />
    </label>
  );
}
