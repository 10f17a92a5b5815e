import { csvCell } from '../core/csv-cell.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import type { SeriesReport } from '../folder/report.ts';
import type { FolderOutcome } from '../folder/standardize-folder.ts';

type Cell = Parameters<typeof csvCell>[0];

const COLUMNS: readonly (readonly [string, (series: SeriesReport, files: readonly string[]) => Cell])[] = [
  ['seriesInstanceUid', (series) => series.seriesInstanceUid],
  ['firstFile', (_, files) => files[0] ?? null],
  ['files', (_, files) => files.length],
  ['stackGroup', (series) => series.stackGroup],
  ['kind', (series) => series.kind],
  ['mode', (series) => series.mode],
  ['decision', (series) => series.decision],
  ['observedCode', (series) => series.observedCode],
  ['correction', (series) => series.correction],
  ['flags', (series) => series.flags.join(' ')],
  ['reason', (series) => series.reason],
  ...ORIENTATION_CODES.map(
    (code, index) => [`p${code}`, (series: SeriesReport) => series.probabilities?.[index] ?? null] as const,
  ),
  ['sax', (series) => series.sax],
  ['headerCode', (series) => series.header?.code ?? null],
  ['headerAngleDegrees', (series) => series.header?.angleDegrees ?? null],
  ['headerSide', (series) => series.header?.side ?? null],
];

/** One row for each series (RFC 4180). */
export function csvReport({ report, filesOfSeries }: Pick<FolderOutcome, 'report' | 'filesOfSeries'>): string {
  const rows = [
    COLUMNS.map(([name]) => name),
    ...report.series.map((series, index) => COLUMNS.map(([, read]) => read(series, filesOfSeries[index] ?? []))),
  ];
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
