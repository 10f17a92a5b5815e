/** Listens for a person, or a system, that wants the work to end. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening. */
  release(): void;
}

/** The first Ctrl-C (or SIGTERM) asks for an orderly end; a second one ends the process at once. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  return {
    signal: controller.signal,
    release() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, interrupt);
    },
  };
}
