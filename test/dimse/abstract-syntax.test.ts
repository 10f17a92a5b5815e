import dimse from 'dcmjs-dimse';
import { describe, expect, test } from 'vitest';
import { isStorageSopClass } from '../../src/dimse/abstract-syntax.ts';

describe('abstract syntaxes', () => {
  test('every storage class that dcmjs-dimse knows is storage', () => {
    expect(Object.values(dimse.constants.StorageClass).filter((uid) => !isStorageSopClass(uid))).toEqual([]);
  });

  test('no other service that dcmjs-dimse knows is storage', () => {
    expect(Object.values(dimse.constants.SopClass).filter((uid) => isStorageSopClass(uid))).toEqual([]);
  });

  test('private classes and standard ones of tomorrow are storage', () => {
    const uids = ['1.3.12.2.1107.5.9.1', '1.2.840.113619.4.30', '2.25.7', '1.2.840.10008.5.1.4.1.1.999'];
    expect(uids.filter((uid) => !isStorageSopClass(uid))).toEqual([]);
  });

  test('hanging protocols are stored, but not queried', () => {
    expect(isStorageSopClass('1.2.840.10008.5.1.4.38.1')).toBe(true);
    expect(isStorageSopClass('1.2.840.10008.5.1.4.38.2')).toBe(false);
  });
});
