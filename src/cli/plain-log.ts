import type { EventLog } from '../app/ports.ts';

/** For commands that a person runs: what went wrong, on standard error; news is left out. */
export function plainLog(write: (line: string) => void): EventLog {
  const tell = (event: string, details: Readonly<Record<string, unknown>> = {}): void => {
    const words = Object.entries(details).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    write(`${[event, ...words].join(' ')}\n`);
  };
  return { info: () => undefined, warn: tell, error: tell };
}
