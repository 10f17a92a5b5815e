import { z } from 'zod';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import { SLICE_QUALITIES } from '../core/orientation/slice-quality.ts';
import { SEQUENCE_KINDS } from '../core/series/sequence-kind.ts';
import { headsOf } from './model-heads.ts';

const name = z.string().min(1);
const fraction = z.number().gt(0).max(1);
const labels = z
  .array(z.enum(ORIENTATION_CODES))
  .refine(
    (codes) => codes.length === ORIENTATION_CODES.length && new Set(codes).size === codes.length,
    'must hold each of the eight codes once',
  );
const percentiles = z
  .tuple([z.number().min(0), z.number().max(100)])
  .refine(([lower, upper]) => lower < upper, 'must be two percentiles, the lower one first');

function distinct<Label extends string>(known: readonly [Label, ...Label[]]) {
  return z
    .array(z.enum(known))
    .min(2)
    .refine((values) => new Set(values).size === values.length, 'must name each of its labels once');
}

/** What must be there exactly where the model has the output. */
const BELONGS_TO = [
  { output: 'saxLogit', path: ['calibration', 'saxScale'] },
  { output: 'saxLogit', path: ['calibration', 'saxOffset'] },
  { output: 'kindLogits', path: ['kinds'] },
  { output: 'qualityLogits', path: ['qualities'] },
] as const;

export const manifestSchema = z
  .object({
    formatVersion: z.literal(2),
    name,
    version: name,
    file: z.string().regex(/^[\w][\w.-]*$/, 'must be the name of a file beside the manifest'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
    licence: name,
    /** What the model may be used for, where its licence sets a limit: told to everybody who uses it. */
    usage: name.optional(),
    trainedOn: z.array(z.unknown()),
    input: z.object({
      name,
      size: z.int().positive().max(1024),
      gridSize: z.int().positive().max(4096),
      percentiles,
      crops: z.array(fraction).min(1),
    }),
    /** Names of the graph's outputs; see model-heads.ts. */
    outputs: z.object({
      logProbabilities: name,
      saxLogit: name.optional(),
      angleDegrees: name.optional(),
      kindLogits: name.optional(),
      qualityLogits: name.optional(),
    }),
    /** Which code each of the model's eight outputs stands for. */
    labels,
    kinds: distinct(SEQUENCE_KINDS).optional(),
    qualities: distinct(SLICE_QUALITIES).optional(),
    calibration: z.object({
      temperature: z.number().positive(),
      saxScale: z.number().optional(),
      saxOffset: z.number().optional(),
      kindTemperature: z.number().positive().default(1),
      qualityTemperature: z.number().positive().default(1),
    }),
    /** How much slices of one stack say the same thing: 1 were independent slices. */
    pooling: z.object({ correlation: z.number().min(1) }),
    /** What the graph gives for pictures made of a seed, by the name of its output; see reference-input.ts. */
    reference: z.array(z.object({ seed: z.int().min(0), outputs: z.record(z.string(), z.array(z.number())) })).min(1),
  })
  .superRefine((manifest, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const { output, path } of BELONGS_TO) {
      const value = path.reduce<unknown>(
        (within, key) => (within as Record<string, unknown> | undefined)?.[key],
        manifest,
      );
      const there = value !== undefined;
      if (there === (manifest.outputs[output] !== undefined)) continue;
      fault([...path], `must be there exactly where outputs.${output} is`);
    }
    for (const [index, { outputs }] of manifest.reference.entries()) {
      for (const { graphName, width } of headsOf(manifest)) {
        const found = outputs[graphName]?.length ?? 0;
        if (found !== width) {
          fault(['reference', index, 'outputs', graphName], `must be ${width} numbers, found ${found}`);
        }
      }
    }
  });

export type DescribedModel = Readonly<z.infer<typeof manifestSchema>>;
