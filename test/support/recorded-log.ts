import type { EventLog } from '../../src/app/ports.ts';

export interface RecordedEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An event log that keeps what it was told. */
export function recordedLog(): EventLog & { readonly events: readonly RecordedEvent[] } {
  const events: RecordedEvent[] = [];
  const at =
    (level: RecordedEvent['level']): EventLog['info'] =>
    (event, details = {}) => {
      events.push({ level, event, details });
    };
  return { events, info: at('info'), warn: at('warn'), error: at('error') };
}
