import { useAnswer } from '../use-answer.ts';

interface DestinationChoiceProps {
  readonly label: string;
  /** What it means to choose none. */
  readonly none: string;
  readonly value: string;
  readonly onValue: (name: string) => void;
}

/** One of the configured destinations, or none. */
export function DestinationChoice({ label, none, value, onValue }: DestinationChoiceProps) {
  const { answer } = useAnswer('destinations', {});
  const names = (answer?.items ?? []).filter(({ configured }) => configured).map(({ name }) => name);
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        <option value="">{none}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
