import { useId } from 'preact/hooks';
import { LEAST_REASON, MOST_REASON } from './act-order.ts';

interface ReasonFieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
}

export function reasonIsEnough(because: string): boolean {
  return because.trim().length >= LEAST_REASON;
}

/** Why a person acts: kept for good, so it must not name the patient. */
export function ReasonField({ value, onInput }: ReasonFieldProps) {
  const hint = useId();
  return (
    <label>
      Reason
      <textarea
        rows={2}
        required
        minLength={LEAST_REASON}
        maxLength={MOST_REASON}
        value={value}
        aria-describedby={hint}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <span class="hint" id={hint}>
        Stays in the audit trail with your name. Do not name the patient.
      </span>
    </label>
  );
}
