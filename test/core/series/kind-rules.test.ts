import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadKindRules } from '../../../src/config/kind-rules-file.ts';
import { NO_RULE, sequenceKind } from '../../../src/core/series/kind-rules.ts';
import { SEQUENCE_KINDS } from '../../../src/core/series/sequence-kind.ts';
import { HEADER_TABLE } from './header-table.ts';

const rules = loadKindRules(readFileSync(new URL('../../../config/sequence-kinds.yaml', import.meta.url), 'utf8'));

const texts = fc.option(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 400 })), { nil: undefined });
const codes = fc.option(fc.array(fc.string()), { nil: undefined });
const numbers = fc.option(fc.double(), { nil: undefined });
const anyHeader = fc.record({
  modality: texts,
  sopClassUid: texts,
  manufacturer: texts,
  studyDescription: texts,
  seriesDescription: texts,
  protocolName: texts,
  sequenceName: texts,
  pulseSequenceName: texts,
  bodyPartExamined: texts,
  mrAcquisitionType: texts,
  imageType: codes,
  scanningSequence: codes,
  sequenceVariant: codes,
  scanOptions: codes,
  inversionTime: numbers,
  echoTime: numbers,
  repetitionTime: numbers,
  flipAngle: numbers,
  triggerTime: numbers,
  cardiacNumberOfImages: numbers,
  numberOfTemporalPositions: numbers,
});

describe('the default rules', () => {
  it.each(HEADER_TABLE)('take for $kind: $why ($header.seriesDescription)', ({ kind, header }) => {
    expect(sequenceKind(header, rules)).toMatchObject({ kind });
  });

  it('are tried on at least 90 headers that differ', () => {
    expect(new Set(HEADER_TABLE.map(({ header }) => JSON.stringify(header))).size).toBeGreaterThanOrEqual(90);
  });

  it('are all needed: each decides one of the headers', () => {
    const deciding = new Set(HEADER_TABLE.map(({ header }) => sequenceKind(header, rules).rule));
    expect(rules.map(({ name }) => name).filter((name) => !deciding.has(name))).toEqual([]);
  });

  it('take the same header for the same kind in capitals, with other separators and with padding', () => {
    for (const { kind, header } of HEADER_TABLE) {
      const seriesDescription = header.seriesDescription?.replaceAll(/[ _]/g, '-').toUpperCase();
      const imageType = header.imageType?.map((value) => ` ${value.toLowerCase()} `);
      expect({ header, ...sequenceKind({ ...header, seriesDescription, imageType }, rules) }).toMatchObject({ kind });
    }
  });

  it('never throw, whatever a header holds', () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        expect(SEQUENCE_KINDS).toContain(sequenceKind(header, rules).kind);
      }),
    );
  });

  it('take an empty header of an unknown manufacturer for other', () => {
    fc.assert(
      fc.property(fc.string(), (manufacturer) => {
        expect(sequenceKind({ modality: 'MR', manufacturer }, rules)).toEqual({ kind: 'other', rule: NO_RULE });
      }),
    );
  });

  it('never turn an eligible series into another eligible kind by a longer description', () => {
    const eligible = HEADER_TABLE.filter(({ kind }) => kind !== 'other');
    fc.assert(
      fc.property(fc.constantFrom(...eligible), fc.string(), ({ header, kind }, tail) => {
        const seriesDescription = `${header.seriesDescription ?? ''} ${tail.replaceAll(/[a-z0-9]/gi, '')}`;
        expect(sequenceKind({ ...header, seriesDescription }, rules).kind).toBe(kind);
      }),
    );
  });

  it('answer for a long hostile text within a moment', () => {
    const started = performance.now();
    sequenceKind({ modality: 'MR', seriesDescription: 't2 '.repeat(1e5), protocolName: 'a'.repeat(1e6) }, rules);
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe('a rule', () => {
  it('is on record by its name, and the first that holds decides', () => {
    const site = loadKindRules(
      `rules:
        - { name: first, kind: T2, when: { label: ['ödem'], echoTime: { min: 40, max: 90 } } }
        - { name: second, kind: LGE, when: { label: ['odem'] } }`,
    );
    expect(sequenceKind({ seriesDescription: 'OEDEM Ödem', echoTime: 40 }, site)).toEqual({
      kind: 'T2',
      rule: 'first',
    });
    expect(sequenceKind({ seriesDescription: 'ÖDEM', echoTime: 39 }, site)).toEqual({ kind: 'LGE', rule: 'second' });
    expect(sequenceKind({ seriesDescription: 'sax' }, site)).toEqual({ kind: 'other', rule: NO_RULE });
  });

  it('is met by no missing attribute and by no number that is none', () => {
    const any = loadKindRules('rules: [{ name: any, kind: cine, when: { triggerTime: {} } }]');
    expect(sequenceKind({ triggerTime: 0 }, any).kind).toBe('cine');
    expect(sequenceKind({ triggerTime: Number.NaN }, any).kind).toBe('other');
    expect(sequenceKind({}, any).kind).toBe('other');
  });
});
