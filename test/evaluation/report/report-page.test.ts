import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, DEFAULT_THRESHOLDS } from '../../../src/core/decision/thresholds.ts';
import type { Evaluation } from '../../../src/evaluation/evaluation.ts';
import { permutedCopy } from '../../../src/evaluation/judge-folders.ts';
import type { JudgedSlice } from '../../../src/evaluation/judged-slice.ts';
import { type ModelEvaluation, modelEvaluation } from '../../../src/evaluation/model-evaluation.ts';
import { consoleTable } from '../../../src/evaluation/report/console-table.ts';
import { percent } from '../../../src/evaluation/report/figure-text.ts';
import { headline } from '../../../src/evaluation/report/headline.ts';
import { html, table } from '../../../src/evaluation/report/markup.ts';
import { reportPage } from '../../../src/evaluation/report/report-page.ts';
import { measured, slice, truth } from '../judged-slices.ts';

const SLICES: JudgedSlice[] = [
  ...['one', 'two', 'three'].flatMap((subject) =>
    ['1', '2', '3', '4'].map((position) =>
      measured(truth('110', { angleDegrees: 12 }), '110', {
        subject,
        series: `${subject} <b>cine</b>`,
        position,
        extentMm: 320,
        prediction: { angleDegrees: 9, kind: { cine: 0.9, LGE: 0.1 } },
      }),
    ),
  ),
  measured(truth('000'), '001', { subject: 'four', series: 'four', file: '<script>.png', probability: 0.97 }),
  slice('101', 0.99, { shortAxis: false, series: 'scout', kind: 'other', prediction: { sax: 0.3 } }),
];

function modelOf(slices: readonly JudgedSlice[], name = 'made-up'): ModelEvaluation {
  return modelEvaluation(
    { slices, unpredicted: 2 },
    {
      recogniser: {
        name,
        model: { version: '1.2', sha256: 'ab'.repeat(32), licence: 'free', usage: 'research', trainedOn: ['phantoms'] },
      },
      consistency: {
        pictures: 3,
        sameCode: 1,
        greatestDifference: 1e-8,
        greatestAngleDifference: undefined,
        exact: true,
      },
      copies: 'permuting',
      copyOf: permutedCopy,
      speed: {
        processor: 'a <fast> one',
        cores: 2,
        load: 0.5,
        slices: 200,
        processorTime: 1.4,
        oneThread: { p10: 1, median: 1.5, p90: 2 },
        preprocessing: { median: 0.5 },
        throughProcess: { mean: 1.6, provider: 'cpu' },
      },
      rules: {
        thresholds: DEFAULT_THRESHOLDS,
        settings: { ...DEFAULT_SETTINGS, onMissingGeometry: 'standardize' },
        correlation: 4,
        phasesPerPosition: 3,
      },
      turnWithGeometry: false,
    },
  );
}

function evaluationOf(...models: ModelEvaluation[]): Evaluation {
  const folder = { dataSet: 'set', truth: 'header' as const, pictures: 14, subjects: 4, series: 5 };
  return {
    formatVersion: 1,
    softwareVersion: '9.9.9',
    createdAt: '2026-01-02T03:04:05.000Z',
    part: 'held-out',
    folders: [{ ...folder, kinds: ['cine'], withCode: 13, withGeometry: 0 }],
    models,
  };
}

describe('the report', () => {
  const page = reportPage(evaluationOf(modelOf(SLICES)));

  it('asks for nothing from elsewhere', () => {
    expect(page).not.toMatch(/https?:|src=|@import|url\(|<link|<script/);
  });

  it('is HTML in which every element that is opened is closed', () => {
    const open: string[] = [];
    for (const [, closing, name = '', rest = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (!rest.endsWith('/') && !['meta', 'br'].includes(name)) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('escapes what files and series are called', () => {
    expect(page).toContain('&#60;script&#62;.png');
    expect(page).not.toContain('<b>cine');
    expect(page).not.toContain('undefined');
    expect(page).not.toContain('NaN');
  });

  it('tells the model, its data, how copies were made, and whose word the truth is', () => {
    for (const words of [
      'made-up 1.2',
      '<li>phantoms</li>',
      'exactly equivariant',
      'Truth by',
      'research',
      'held-out',
    ]) {
      expect(page).toContain(words);
    }
    expect(page).toContain('Where the truth is by header');
    expect(page).toContain('2 pictures have no prediction');
  });

  it('sets several models side by side', () => {
    const both = reportPage(evaluationOf(modelOf(SLICES, 'one'), modelOf(SLICES.slice(0, 12), 'other')));
    expect(both).toContain('Side by side');
    expect(both).toContain('<th scope="col">other</th>');
  });

  it('can be made of nothing but pictures without a truth', () => {
    const nothing = modelOf([slice('000', 0.5, { shortAxis: undefined })]);
    expect(reportPage(evaluationOf({ ...nothing, speed: undefined, consistency: undefined }))).toContain(
      'No picture has a known code',
    );
  });
});

describe('the headline', () => {
  it('says what was reached and what was missed', () => {
    const rows = new Map(headline(modelOf(SLICES)).map((row) => [row.measure, row]));
    expect(rows.get('Slices, cine: right or harmless')).toMatchObject({ value: '92.3 % (12 of 13)', reached: false });
    expect(rows.get('Series by the picture alone: turned and wrong (harm)')).toMatchObject({ reached: true });
    expect(rows.get('A slice on one thread, preprocessing included')).toMatchObject({
      value: '1.40 ms of the processor',
      reached: true,
    });
  });

  it('is what the terminal shows', () => {
    const text = consoleTable(evaluationOf(modelOf(SLICES)));
    expect(text).toContain('set: 14 pictures, 4 subjects, 5 series, truth by header, part held-out of the split');
    expect(text).toMatch(/right or harmless +92\.3 % \(12 of 13\) .* MISSED, goal ≥ 99\.5 %/);
    expect(text).toContain('2 pictures have no prediction');
    expect(text.endsWith('\n')).toBe(true);
  });
});

describe('text of figures', () => {
  it('never rounds to everything or nothing', () => {
    expect([0, 0.0001, 0.5, 0.99996, 1, undefined].map(percent)).toEqual(['0', '0.010', '50.0', '99.996', '100', '–']);
  });

  it('is escaped in markup, unless it is markup', () => {
    expect(html`<p>${'a < b'}${html`<i>${1}</i>`}${undefined}</p>`.markup).toBe('<p>a &#60; b<i>1</i></p>');
    expect(table(['x'], [['<']]).markup).toContain('<th scope="row">&#60;</th>');
  });
});
