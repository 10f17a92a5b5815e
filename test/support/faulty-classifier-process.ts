/**
 * A recognising process whose faults the tests choose: by the provider's name when it is opened, and by the rows of
 * the first picture when it classifies.
 */
import type { ClassifierReply, NumberedRequest } from '../../src/inference/classifier-messages.ts';

export const DIES_ON_ROWS = 13;
export const HANGS_ON_ROWS = 14;

function die(): void {
  process.stderr.write('driver fault\n', () => process.kill(process.pid, 'SIGSEGV'));
}

function open(id: number, provider: string): ClassifierReply | undefined {
  if (provider === 'throwing') return { id, ok: false, code: 'provider-unavailable', message: 'no such driver' };
  if (provider === 'dying') die();
  return provider === 'dying' ? undefined : { id, ok: true, predictions: [] };
}

function classify(id: number, rows: readonly number[]): ClassifierReply | undefined {
  if (rows[0] === DIES_ON_ROWS) die();
  if (rows[0] === DIES_ON_ROWS || rows[0] === HANGS_ON_ROWS) return undefined;
  const predictions = rows.map((sax) => ({ probabilities: [1, 0, 0, 0, 0, 0, 0, 0], sax }));
  return { id, ok: true, predictions };
}

// Imported by the tests for its constants, it is no child and has nobody to answer.
if (process.argv[1]?.endsWith('faulty-classifier-process.ts')) {
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, request }: NumberedRequest) => {
    const reply =
      request.kind === 'open'
        ? open(id, request.provider)
        : classify(
            id,
            request.images.map(({ rows }) => rows),
          );
    if (reply !== undefined) process.send?.(reply);
  });
}
