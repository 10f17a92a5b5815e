import type { Evaluation } from '../evaluation.ts';
import type { ModelEvaluation } from '../model-evaluation.ts';
import { type HeadlineRow, headline } from './headline.ts';

/** The headline figures of every recogniser, for a terminal. */
export function consoleTable(evaluation: Evaluation): string {
  const part = evaluation.part === undefined ? '' : `, part ${evaluation.part} of the split`;
  const folders = evaluation.folders.map(
    ({ dataSet, pictures, subjects, series, truth }) =>
      `  ${dataSet}: ${pictures} pictures, ${subjects} subjects, ${series} series, truth by ${truth}${part}`,
  );
  return [...folders, ...evaluation.models.flatMap(modelLines), ''].join('\n');
}

function modelLines(model: ModelEvaluation): string[] {
  const { name, model: described } = model.recogniser;
  const rows = headline(model).filter(({ value }) => value !== '–');
  const cells = rows.map((row) => [row.measure, row.value, row.intervals, goalText(row)]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...cells.map((row) => row[column]?.length ?? 0)));
  const unpredicted = model.unpredicted === 0 ? [] : [`  ${model.unpredicted} pictures have no prediction`];
  return [
    '',
    described === undefined ? name : `${name} ${described.version}`,
    ...unpredicted,
    ...cells.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd()),
  ];
}

function goalText({ goal, reached }: HeadlineRow): string {
  if (reached === undefined) return '';
  return reached ? `goal ${goal}` : `MISSED, goal ${goal}`;
}
