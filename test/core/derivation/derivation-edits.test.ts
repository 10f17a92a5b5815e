import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { derivationEdits } from '../../../src/core/derivation/derivation-edits.ts';
import { type DerivationRecord, derivationDescription } from '../../../src/core/derivation/derivation-record.ts';
import { derivedSeriesInstanceUid, derivedSopInstanceUid } from '../../../src/core/derivation/derived-uid.ts';
import { privateGeometryTags } from '../../../src/core/derivation/private-geometry.ts';
import { suffixedDescription } from '../../../src/core/derivation/series-description.ts';
import { type Correction, ORIENTATION_CODES } from '../../../src/core/orientation/d4.ts';
import { DataSet } from '../../../src/part10/data-set.ts';
import { applyEdits } from '../../../src/part10/splice.ts';
import { encodedDataSet, type MadeElement, text } from '../../support/mr-elements.ts';

const EXPLICIT = { explicitVr: true, littleEndian: true, encapsulated: false, deflated: false };
const RECORD: DerivationRecord = {
  date: '20261120',
  time: '101112',
  dateTime: '20261120101112+0100',
  description: 'turned',
  manufacturer: 'Maker',
  productName: 'Product',
  softwareVersion: '1.0',
  modifyingSystem: 'NODE',
  sourceOfPreviousValues: 'SCANNER',
  imageTypeValue1: 'derived',
  seriesDescriptionSuffix: '[std]',
  seriesNumberOffset: 1000,
  uidPolicy: 'derive',
  privateGeometry: 'keep',
};
const identity = { sopInstanceUid: '2.25.1', seriesInstanceUid: '2.25.2' };

function read(...elements: readonly MadeElement[]): DataSet {
  return DataSet.read(encodedDataSet(elements, { explicit: true }), EXPLICIT);
}

function derived(source: DataSet, record: Partial<DerivationRecord> = {}): DataSet {
  const edits = derivationEdits(source, [], { identity, record: { ...RECORD, ...record } });
  return DataSet.read(applyEdits(source, edits), EXPLICIT);
}

describe('what a derived instance says of itself', () => {
  test.each([
    [
      ['ORIGINAL', 'PRIMARY', 'M'],
      ['DERIVED', 'PRIMARY', 'M'],
    ],
    [
      ['DERIVED', 'SECONDARY', 'MPR'],
      ['DERIVED', 'SECONDARY', 'MPR'],
    ],
    [
      ['', 'PRIMARY'],
      ['DERIVED', 'PRIMARY'],
    ],
    [[], ['DERIVED', 'PRIMARY']],
  ])('Image Type %j becomes %j', (before, after) => {
    const source = before.length === 0 ? read() : read(text(0x00080008, 'CS', ...before));
    expect(derived(source).strings(0x00080008)).toEqual(after);
    expect(derived(source, { imageTypeValue1: 'keep' }).strings(0x00080008) ?? []).toEqual(before);
  });

  test('its Series Number is moved where it is a number, its UIDs are new unless a site keeps them', () => {
    const source = read(text(0x00200011, 'IS', '12'), text(0x00080018, 'UI', '1.2'), text(0x0020000e, 'UI', '1.3'));
    expect(derived(source).strings(0x00200011)).toEqual(['1012']);
    expect(derived(source).strings(0x00080018)).toEqual(['2.25.1']);
    expect(derived(source, { uidPolicy: 'preserve' }).strings(0x0020000e)).toEqual(['1.3']);
    expect(derived(read(text(0x00200011, 'IS', 'x'))).strings(0x00200011)).toEqual(['x']);
  });

  test('names its source, its maker and why', () => {
    const result = derived(read(text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4'), text(0x00080018, 'UI', '1.2')));
    const [source] = result.items(0x00082112);
    expect(source?.strings(0x00081155)).toEqual(['1.2']);
    expect(source?.items(0x0040a170)[0]?.strings(0x00080100)).toEqual(['121322']);
    expect(result.items(0x0018a001)[0]?.items(0x0040a170)[0]?.strings(0x00080100)).toEqual(['109103']);
    expect(result.strings(0x00082111)).toEqual(['turned']);
  });

  test('drops signatures, which no longer hold, and records them', () => {
    const source = read({ tag: 0xfffafffa, vr: 'SQ', value: [[text(0x04000100, 'UI', '1.2.3')]] });
    const result = derived(source);
    expect(result.has(0xfffafffa)).toBe(false);
    expect(result.items(0x04000561)[0]?.items(0x04000550)[0]?.has(0xfffafffa)).toBe(true);
  });

  test('removes vendor geometry where a site wants that, and keeps its creator beside the prior values', () => {
    const source = read(
      text(0x00290010, 'LO', 'SIEMENS CSA HEADER'),
      { tag: 0x00291010, vr: 'OB', value: Buffer.from('csa!') },
      { tag: 0x00291008, vr: 'CS', value: Buffer.from('IMAGE NUM ') },
      text(0x00090010, 'LO', 'OTHER'),
      { tag: 0x00091010, vr: 'OB', value: Buffer.from('mine') },
    );
    expect(privateGeometryTags(source)).toEqual([0x00291010]);
    expect(derived(source).has(0x00291010)).toBe(true);
    const result = derived(source, { privateGeometry: 'remove' });
    expect([result.has(0x00291010), result.has(0x00291008), result.has(0x00091010)]).toEqual([false, true, true]);
    const prior = result.items(0x04000561)[0]?.items(0x04000550)[0];
    expect(prior?.tags).toEqual([0x00290010, 0x00291010]);
  });

  test('describes itself in plain words that fit', () => {
    const description = derivationDescription({
      product: 'P',
      softwareVersion: '1',
      model: { name: 'm'.repeat(2000), version: '1', sha256: 'f'.repeat(64) },
      observedCode: '101',
      correction: '110',
    });
    expect(description).toHaveLength(1024);
    expect(description).toContain('correction 110');
  });
});

describe('a suffixed Series Description', () => {
  const suffixed = (bytes: Buffer, suffix = '[std]') => {
    const source = read({ tag: 0x0008103e, vr: 'LO', value: bytes });
    const result = suffixedDescription(source, suffix);
    return result === undefined ? undefined : Buffer.from(result);
  };

  test('is cut to 64 characters of ASCII, and never inside a character', () => {
    expect(suffixed(Buffer.from('sax '))?.toString()).toBe('sax [std]');
    expect(suffixed(Buffer.alloc(0))?.toString()).toBe('[std]');
    expect(suffixed(Buffer.alloc(64, 'x'))?.toString()).toBe(`${'x'.repeat(58)} [std]`);
    expect(suffixed(Buffer.from('短軸'))?.toString()).toBe('短軸 [std]');
    expect(suffixed(Buffer.from('短'.repeat(21)))).toBeUndefined();
    expect(suffixed(Buffer.from('sax'), '')).toBeUndefined();
  });
});

describe('derived UIDs', () => {
  const sha1 = (bytes: Uint8Array) => new Uint8Array(createHash('sha1').update(bytes).digest());
  const instance = (correction: string, more = {}) =>
    derivedSopInstanceUid(
      {
        method: 'reorient',
        correction: correction as Correction,
        sopInstanceUid: '1.2',
        pixelDataSha256: 'a',
        ...more,
      },
      sha1,
    );

  test('are valid, the same each time, and others for every difference', () => {
    const all = [
      ...ORIENTATION_CODES.map((code) => instance(code)),
      instance('101', { sopInstanceUid: '1.3' }),
      instance('101', { pixelDataSha256: 'b' }),
      instance('101', { method: 'relabel' }),
      ...['', 'cine'].map((stack) =>
        derivedSeriesInstanceUid(
          { method: 'reorient', correction: '101' as Correction, seriesInstanceUid: '1.2', stack },
          sha1,
        ),
      ),
    ];
    expect(new Set(all).size).toBe(all.length);
    for (const uid of all) expect(uid).toMatch(/^2\.25\.[1-9]\d{0,38}$/);
    expect(instance('101')).toBe(instance('101'));
    const uuid = BigInt(instance('101').slice(5)).toString(16).padStart(32, '0');
    expect([uuid[12], '89ab'.includes(uuid[16] as string)]).toEqual(['5', true]);
  });

  test('never change: archives hold them', () => {
    expect(instance('101')).toMatchInlineSnapshot(`"2.25.221859361825730271419384491603294337183"`);
  });
});
