import { expect, test } from 'vitest';
import { csvCell } from '../../src/core/csv-cell.ts';

test('csvCell quotes as RFC 4180 says, and keeps texts from being formulas and numbers numbers', () => {
  expect(csvCell('a, "b"\nc')).toBe('"a, ""b""\nc"');
  expect(csvCell('=1+2')).toBe("'=1+2");
  expect(csvCell('@cmd,x')).toBe('"\'@cmd,x"');
  expect(csvCell(-0.5)).toBe('-0.5');
  expect(csvCell(null)).toBe('');
  expect(csvCell('010')).toBe('010');
});
