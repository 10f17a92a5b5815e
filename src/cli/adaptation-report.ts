import { z } from 'zod';

const share = z.number().min(0).max(1);
const figures = z.object({
  slices: z.int(),
  right: share,
  harmless: share,
  ece: share,
  series: z.int(),
  seriesRight: z.int(),
  degreesOff: z.number().nullable(),
  shortAxesTaken: share,
  othersTaken: share.nullable(),
});

/** What models/training/adapt.py measured; `faults` say why the adapted model is not better than its base. */
export const adaptationReportSchema = z.object({
  formatVersion: z.literal(1),
  base: z.object({ name: z.string(), version: z.string() }),
  parts: z.object({ heldBack: z.object({ subjects: z.int() }) }),
  heldBack: z.object({ base: figures, adapted: figures }),
  faults: z.array(z.string()),
});

export type AdaptationReport = Readonly<z.infer<typeof adaptationReportSchema>>;
type Figures = z.infer<typeof figures>;

const ROWS: readonly (readonly [string, (of: Figures) => string])[] = [
  ['slices right', ({ right }) => percent(right)],
  ['slices right or harmless', ({ harmless }) => percent(harmless)],
  ['series right', ({ seriesRight, series }) => `${seriesRight} of ${series}`],
  ['calibration error', ({ ece }) => ece.toFixed(3)],
  ['in-plane angle off by', ({ degreesOff }) => (degreesOff === null ? '-' : `${degreesOff}°`)],
  ['short axes taken for such', ({ shortAxesTaken }) => percent(shortAxesTaken)],
  ['others taken for short axes', ({ othersTaken }) => (othersTaken === null ? '-' : percent(othersTaken))],
];

/** Base and adapted model side by side, for a person. */
export function comparison({ base, parts, heldBack, faults }: AdaptationReport, name: string): string {
  const lines = [['', base.name, name], ...ROWS.map(([text, of]) => [text, of(heldBack.base), of(heldBack.adapted)])];
  const width = Math.max(...lines.map(([, before = '']) => before.length));
  const table = lines.map(
    ([text = '', before = '', now = '']) => `  ${text.padEnd(29)}${before.padEnd(width + 2)}${now}`,
  );
  const verdict =
    faults.length === 0
      ? `${name} is better than ${base.name} there.`
      : `It is NOT BETTER there: ${faults.join('; ')}.`;
  return `On ${parts.heldBack.subjects} subjects held back, ${heldBack.base.slices} slices:\n${table.join('\n')}\n${verdict}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
