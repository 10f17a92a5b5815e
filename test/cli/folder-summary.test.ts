import { expect, test } from 'vitest';
import { folderSummary } from '../../src/cli/folder-summary.ts';
import type { SeriesReport } from '../../src/folder/report.ts';
import type { FolderOutcome } from '../../src/folder/standardize-folder.ts';

function series(told: Partial<SeriesReport>): SeriesReport {
  return {
    seriesInstanceUid: '1.2',
    stackGroup: null,
    kind: 'other',
    mode: 'standardize',
    decision: 'pass-through',
    flags: [],
    reason: 'Because.',
    observedCode: null,
    correction: null,
    probabilities: null,
    sax: null,
    angleDegrees: null,
    header: null,
    slices: [],
    ...told,
  };
}

function outcome(told: Partial<FolderOutcome> = {}): FolderOutcome {
  const written = (file: string) => ({ file, output: file, reason: 'as received' });
  return {
    report: {
      series: [series({ kind: 'cine', decision: 'standardize' }), series({ seriesInstanceUid: null, flags: ['late'] })],
      inputs: [written('a/1.dcm'), written('a/2.dcm'), written('b.nii')],
    },
    filesOfSeries: [['a/1.dcm', 'a/2.dcm'], ['b.nii']],
    unread: 0,
    failures: [],
    ...told,
  };
}

test('the summary names each series by its UID and files, a volume by its file, and ends with the sum', () => {
  expect(folderSummary(outcome(), false).split('\n')).toEqual([
    '1.2 (a/1.dcm and 1 more)  cine  standardize',
    '    Because.',
    'b.nii  other  pass-through [late]',
    '    Because.',
    '2 series: 1 turned, 1 as received, 1 flagged; 3 files written.',
    '',
  ]);
});

test('of a dry run the summary tells what would be done; that it is one is no flag', () => {
  const { report } = outcome();
  const observed = report.series.map((one) => ({ ...one, flags: ['observe'] as const }));
  const told = folderSummary(outcome({ report: { ...report, series: observed } }), true);
  expect(told).toContain('2 series: 1 would be turned, 1 would pass as received, 0 flagged; dry run, nothing was');
});

test('the summary names twenty files that could not be read and counts the others; a failure is told once', () => {
  const inputs = Array.from({ length: 25 }, (_, i) => ({ file: `${i}.txt`, output: null, reason: 'no picture' }));
  const told = folderSummary(
    outcome({ report: { series: [], inputs }, filesOfSeries: [], unread: 25, failures: ['x', 'x'] }),
    false,
  );
  expect(told.match(/no picture/g)).toHaveLength(20);
  expect(told).toContain('and 5 more');
  expect(told.match(/The recogniser failed: x/g)).toHaveLength(1);
  expect(told).toMatch(/0 files written, 25 could not be read\.\n$/);
});
