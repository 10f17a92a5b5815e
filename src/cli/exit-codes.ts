import { type ErrorCode, NodeError } from '../core/errors.ts';

/** What a command ends with; `--help` tells them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  wrongUsage: 2,
  /** sysexits.h EX_DATAERR */
  unreadInput: 65,
  /** sysexits.h EX_CONFIG */
  configuration: 78,
  /** 128 and the number of SIGINT, as shells say it */
  interrupted: 130,
} as const;

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  'bad-request': EXIT.wrongUsage,
  'not-an-instance': EXIT.unreadInput,
  truncated: EXIT.unreadInput,
  'contradicts-context': EXIT.unreadInput,
  'configuration-invalid': EXIT.configuration,
  'model-invalid': EXIT.configuration,
  'provider-unavailable': EXIT.configuration,
};

export function exitCodeOf(error: unknown): number {
  return (error instanceof NodeError ? BY_CODE[error.code] : undefined) ?? EXIT.failed;
}
