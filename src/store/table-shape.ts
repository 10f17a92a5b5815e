import type { SqlRow, SqlValue } from './connection.ts';
import type { Transaction } from './database.ts';
import { wellFormed } from './well-formed.ts';

/**
 * How the records of a table are kept: each field in the column of the same name in snake case; a `json` field as JSON
 * text in a column that ends in `_json`. The type makes the compiler ask for every field.
 */
export interface TableShape<Row extends object> {
  readonly table: string;
  readonly fields: Readonly<Record<keyof Row & string, 'plain' | 'json'>>;
}

function columnOf(field: string, kind: 'plain' | 'json'): string {
  const snake = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return kind === 'json' ? `${snake}_json` : snake;
}

function entriesOf<Row extends object>(shape: TableShape<Row>): [string, 'plain' | 'json'][] {
  return Object.entries<'plain' | 'json'>(shape.fields);
}

/** The columns of a select, named as the fields of the record. */
export function selectList<Row extends object>(shape: TableShape<Row>): string {
  return entriesOf(shape)
    .map(([field, kind]) => `${shape.table}.${columnOf(field, kind)} as "${field}"`)
    .join(', ');
}

/** A row of a `selectList` as the record that it is. */
export function toRecord<Row extends object>(shape: TableShape<Row>, row: SqlRow): Row {
  const record: Record<string, unknown> = { ...row };
  for (const [field, kind] of entriesOf(shape)) {
    const value = row[field];
    if (kind === 'json' && typeof value === 'string') record[field] = JSON.parse(value);
  }
  return record as Row;
}

/** The record as an array of its columns' values, without `id`. Text that is not well-formed UTF-16 is mended. */
function toValues<Row extends object>(shape: TableShape<Row>, record: object): SqlValue[] {
  const values = record as Readonly<Record<string, unknown>>;
  return entriesOf(shape)
    .filter(([field]) => field !== 'id')
    .map(([field, kind]) => {
      const value = values[field] ?? null;
      if (kind === 'json') return value === null ? null : JSON.stringify(value);
      return typeof value === 'string' ? wellFormed(value) : (value as SqlValue);
    });
}

/**
 * Inserts any number of records in one statement and returns their ids in the same order. The rows travel as one JSON
 * text: one prepared statement for every count, one hop to SQLite's thread, and the work is done there.
 */
export async function insertRecords<Row extends { readonly id: number }>(
  tx: Transaction,
  shape: TableShape<Row>,
  records: readonly Omit<Row, 'id'>[],
): Promise<readonly number[]> {
  if (records.length === 0) return [];
  const { changes, lastId } = await insertAll(tx, shape, records);
  // One transaction at a time writes, so that the ids of one statement are consecutive.
  return Array.from({ length: changes }, (_, index) => lastId - changes + 1 + index);
}

/** `insertRecords` for tables without an id. */
export async function insertRows<Row extends object>(
  tx: Transaction,
  shape: TableShape<Row>,
  records: readonly Row[],
): Promise<void> {
  if (records.length > 0) await insertAll(tx, shape, records);
}

function insertAll<Row extends object>(tx: Transaction, shape: TableShape<Row>, records: readonly object[]) {
  const columns = entriesOf(shape)
    .filter(([field]) => field !== 'id')
    .map(([field, kind]) => columnOf(field, kind));
  const values = columns.map((_, index) => `value ->> ${index}`);
  const sql = `insert into ${shape.table} (${columns.join(', ')})
    select ${values.join(', ')} from json_each(?) order by key`;
  return tx.run(sql, [JSON.stringify(records.map((record) => toValues(shape, record)))]);
}
