import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { SUM_TOLERANCE } from '../core/decision/position-opinion.ts';
import { NodeError } from '../core/errors.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';

const share = z.number().min(0).max(1);
const shares = z.record(z.string(), share);
const lineSchema = z.object({
  file: z.string().min(1),
  /** Name of the data set, where several are evaluated together. */
  set: z.string().nullish(),
  probabilities: z
    .array(share)
    .length(ORIENTATION_CODES.length)
    .refine((all) => Math.abs(all.reduce((sum, one) => sum + one, 0) - 1) <= SUM_TOLERANCE, 'do not add up to one'),
  sax: share.nullish(),
  angleDegrees: z.number().nullish(),
  kind: shares.nullish(),
  quality: shares.nullish(),
});

/** Predictions that were made elsewhere, for example out of fold by a trainer. */
export interface Predictions {
  readonly count: number;
  of(dataSet: string, file: string): SlicePrediction | undefined;
}

/**
 * Reads JSON lines `{ file, probabilities: [8 in the order of the codes], sax?, angleDegrees?, kind?, quality?, set? }`,
 * where `file` is that of the labels table.
 * @throws NodeError bad-request, naming the line; storage-failed
 */
export async function readPredictions(path: string): Promise<Predictions> {
  const subject = { file: path };
  const found = new Map<string, SlicePrediction>();
  const input = createReadStream(path, 'utf8');
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === '') continue;
      const { key, prediction } = predictionOf(line, (what) => {
        throw new NodeError('bad-request', `line ${number} of the predictions ${what}`, { subject });
      });
      if (found.has(key)) {
        throw new NodeError('bad-request', `line ${number} of the predictions names a file again`, { subject });
      }
      found.set(key, prediction);
    }
  } catch (cause) {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError('storage-failed', 'the predictions cannot be read', { subject, cause });
  }
  return {
    count: found.size,
    of: (dataSet, file) => found.get(keyOf(dataSet, file)) ?? found.get(keyOf(undefined, file)),
  };
}

function predictionOf(
  line: string,
  fail: (what: string) => never,
): { readonly key: string; readonly prediction: SlicePrediction } {
  const parsed = lineSchema.safeParse(jsonOf(line, fail));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail(`is wrong: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  const { file, set, probabilities, ...heads } = parsed.data;
  const given = Object.entries(heads).filter(([, value]) => value !== null && value !== undefined);
  return { key: keyOf(set ?? undefined, file), prediction: { probabilities, ...Object.fromEntries(given) } };
}

function jsonOf(line: string, fail: (what: string) => never): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return fail('is not JSON');
  }
}

function keyOf(dataSet: string | undefined, file: string): string {
  return JSON.stringify([dataSet ?? null, file]);
}
