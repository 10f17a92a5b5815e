import { type Logger, pino } from 'pino';
import type { EventLog } from './app/ports.ts';

/**
 * The operator's log: one JSON object a line, on standard error. Callers give UIDs, codes and counts, never an
 * attribute's value that could identify a patient.
 */
export function createLog(level: string): EventLog {
  const logger: Logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return {
    info: (event, details) => logger.info({ event, ...details }),
    warn: (event, details) => logger.warn({ event, ...details }),
    error: (event, details) => logger.error({ event, ...details }),
  };
}
