import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { dayOf, startOfDay } from '../moments.ts';
import { CHOICES, type Choice, FILTER_NAMES, type ListQuery, withFilter } from './series-filter.ts';

interface FilterBarProps {
  readonly query: ListQuery;
  readonly onQuery: (query: ListQuery) => void;
}

const LESS_USED = [
  'station',
  'reason',
  'flag',
  'confidenceFrom',
  'confidenceBelow',
  'destination',
  'reviewer',
  'modelVersion',
  'study',
  'series',
] as const;

/** All filters of the list. Each is in the address as soon as it is set. */
export function FilterBar({ query, onQuery }: FilterBarProps) {
  const set = <Name extends keyof ListQuery>(name: Name, value: ListQuery[Name] | undefined) =>
    onQuery(withFilter(query, name, value));
  const text = (name: 'scanner' | 'station' | 'destination' | 'reviewer' | 'modelVersion' | 'study' | 'series') => (
    <TypedField label={FILTER_NAMES[name]} value={query[name] ?? ''} onValue={(value) => set(name, value)} />
  );
  const number = (name: 'confidenceFrom' | 'confidenceBelow') => (
    <TypedField
      label={FILTER_NAMES[name]}
      type="number"
      value={query[name] === undefined ? '' : String(query[name])}
      onValue={(value) => set(name, value === '' ? undefined : Math.min(Math.max(Number(value), 0), 1))}
    />
  );
  const choice = (name: keyof typeof CHOICES) => (
    <ChoiceField
      label={FILTER_NAMES[name]}
      choices={CHOICES[name]}
      value={query[name] ?? ''}
      onValue={(value) => onQuery(withFilter(query, name, (value || undefined) as never))}
    />
  );
  const lessUsedCount = LESS_USED.filter((name) => query[name] !== undefined).length;
  return (
    <search class="filters" aria-label="Filters">
      <div class="filter-row">
        <TypedField label="search" type="search" value={query.text ?? ''} onValue={(value) => set('text', value)} />
        <DayField label="from" value={query.from} onValue={(day) => set('from', day && startOfDay(day))} />
        <DayField label="until" value={query.to} last onValue={(day) => set('to', day && startOfDay(day, 1))} />
        {text('scanner')}
        {choice('kind')}
        {choice('code')}
        {choice('decision')}
        {choice('review')}
        {choice('delivery')}
        <button type="button" disabled={Object.keys(query).length === 0} onClick={() => onQuery({})}>
          Clear
        </button>
      </div>
      <details open={lessUsedCount > 0}>
        <summary>More filters{lessUsedCount > 0 && ` (${lessUsedCount} set)`}</summary>
        <div class="filter-row">
          {choice('reason')}
          {choice('flag')}
          {number('confidenceFrom')}
          {number('confidenceBelow')}
          {text('station')}
          {text('destination')}
          {text('reviewer')}
          {text('modelVersion')}
          {text('study')}
          {text('series')}
        </div>
      </details>
    </search>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

const TYPING_MS = 300;

/** A field that tells what was typed when the person pauses. */
function TypedField({
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
    <label class={`field field-${type}`} for={id}>
      <span>{label}</span>
      {type === 'number' ? (
        <input id={id} type="number" min={0} max={1} step={0.05} value={typed} onInput={changed} />
      ) : (
        <input id={id} type={type as 'text'} maxLength={100} value={typed} onInput={changed} />
      )}
    </label>
  );
}

function ChoiceField({ label, value, choices, onValue }: FieldProps & { readonly choices: readonly Choice[] }) {
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

function DayField({ label, value, last = false, onValue }: DayFieldProps) {
  const day = value === undefined ? '' : dayOf(new Date(Date.parse(value) - (last ? 1 : 0)).toISOString());
  return (
    <label class={`field ${value === undefined ? '' : 'field-set'}`}>
      <span>{label}</span>
      <input type="date" value={day} onChange={(event) => onValue(event.currentTarget.value || undefined)} />
    </label>
  );
}
