import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { NodeError } from '../core/errors.ts';

/** One row of a labels table. */
export interface LabelsRow {
  /** The first of these columns that is there and not empty. */
  text(...columns: readonly string[]): string | undefined;
  /** An error that names the table, the row and the first of `columns` that holds something. */
  fault(what: string, ...columns: readonly string[]): NodeError;
}

/**
 * Reads a table of comma-separated values (RFC 4180) whose first line names the columns. Every row must have as many
 * cells as the first line.
 * @throws NodeError bad-request where it is no such table, storage-failed where it cannot be read
 */
export async function readLabelsTable(path: string): Promise<readonly LabelsRow[]> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new NodeError('storage-failed', 'the labels cannot be read', { subject: { file: path }, cause });
  });
  try {
    const options = { bom: true, columns: true, info: true, skip_empty_lines: true, trim: true } as const;
    const parsed = parse(bytes, options) as unknown as readonly ParsedRow[];
    return parsed.map(({ record, info }) => rowOf(record, { path, line: info.lines }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    // The message of the library repeats cells, which may hold a name.
    throw new NodeError('bad-request', `line ${String(cause['lines'] ?? '?')} of the labels: ${cause.code}`, {
      subject: { file: path },
    });
  }
}

interface ParsedRow {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

function rowOf(
  record: ParsedRow['record'],
  { path, line }: { readonly path: string; readonly line: number },
): LabelsRow {
  const filled = (columns: readonly string[]): string | undefined =>
    columns.find((column) => record[column] !== undefined && record[column] !== '');
  return {
    text: (...columns) => record[filled(columns) ?? ''],
    fault: (what, ...columns) => {
      const column = filled(columns) ?? columns[0];
      return new NodeError('bad-request', `line ${line} of the labels: ${column} ${what}`, { subject: { file: path } });
    },
  };
}
