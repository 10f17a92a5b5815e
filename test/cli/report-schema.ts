import { z } from 'zod';
import { DECISION_KINDS } from '../../src/core/decision/decision.ts';
import { FLAGS } from '../../src/core/decision/flags.ts';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { SLICE_QUALITIES } from '../../src/core/orientation/slice-quality.ts';
import { SEQUENCE_KINDS } from '../../src/core/series/sequence-kind.ts';

const code = z.enum(ORIENTATION_CODES);
const probability = z.number().min(0).max(1);
const angle = z.number().min(-180).max(180);
const probabilities = z.array(probability).length(8);

/** The report that programs rely on, with nothing left out and nothing added. */
export const reportSchema = z.strictObject({
  series: z.array(
    z.strictObject({
      seriesInstanceUid: z.string().nullable(),
      stackGroup: z.int().positive().nullable(),
      kind: z.enum(SEQUENCE_KINDS),
      mode: z.enum(['observe', 'standardize']),
      decision: z.enum(DECISION_KINDS),
      flags: z.array(z.enum(FLAGS)),
      reason: z.string().min(1),
      observedCode: code.nullable(),
      correction: code.nullable(),
      probabilities: probabilities.nullable(),
      sax: probability.nullable(),
      angleDegrees: angle.nullable(),
      header: z.strictObject({ code, angleDegrees: z.number(), side: z.number().min(-1).max(1) }).nullable(),
      slices: z.array(
        z.strictObject({
          file: z.string(),
          sopInstanceUid: z.string().nullable(),
          probabilities: probabilities.nullable(),
          sax: probability.nullable(),
          angleDegrees: angle.nullable(),
          quality: z.enum(SLICE_QUALITIES).nullable(),
        }),
      ),
    }),
  ),
  inputs: z.array(z.strictObject({ file: z.string(), output: z.string().nullable(), reason: z.string().min(1) })),
});
