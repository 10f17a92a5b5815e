import { startOfDay } from '../moments.ts';
import { ChoiceField, DayField, TypedField } from '../parts/fields.tsx';
import { CHOICES, FILTER_NAMES, type ListQuery, withFilter } from './series-filter.ts';

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
