import { describe, expect, test } from 'vitest';
import { yamlValue } from '../../src/config/yaml-value.ts';

const faultCodes = (text: string): readonly string[] => {
  const read = yamlValue(text);
  return 'faults' in read ? read.faults.map(({ code }) => code) : [];
};

describe('a YAML text', () => {
  test('is its value, aliases and merged keys included', () => {
    expect(yamlValue('a: &a { b: 1 }\nc: *a')).toEqual({ value: { a: { b: 1 }, c: { b: 1 } } });
    expect(yamlValue('')).toEqual({ value: null });
  });

  test('is told what is wrong with it, without the line that is wrong', () => {
    const read = yamlValue('secret: "hunter2');
    expect('faults' in read && read.faults[0]?.message).toMatch(/closing/);
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });

  test('is faulty where it is nested without end, contains itself, or multiplies', () => {
    expect(faultCodes('['.repeat(20_000))).not.toEqual([]);
    expect(faultCodes(`a: ${'{ b: '.repeat(100)}1${' }'.repeat(100)}`)).toEqual(['TOO_DEEP']);
    expect(faultCodes('a: &a { b: *a }')).toEqual(['TOO_DEEP']);
    expect(faultCodes('a: *b')).toEqual(['BAD_ALIAS']);
    const doubled = Array.from({ length: 30 }, (_, i) => `k${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
    expect(faultCodes(['k0: &a0 [x, x]', ...doubled].join('\n'))).toEqual(['BAD_ALIAS']);
  });
});
