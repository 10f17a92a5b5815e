import type { Evaluation } from '../evaluation.ts';
import type { ModelEvaluation, Recogniser } from '../model-evaluation.ts';
import { milliseconds, percent } from './figure-text.ts';
import { type HeadlineRow, headline } from './headline.ts';
import { html, type Markup, table } from './markup.ts';
import { seriesSection } from './series-sections.ts';
import { headsSection, slicesSection } from './slice-sections.ts';
import { STYLE } from './style.ts';

/** The whole evaluation as one HTML file that asks for nothing else. */
export function reportPage(evaluation: Evaluation): string {
  const { models, createdAt, softwareVersion, part } = evaluation;
  const names = models.map(({ recogniser }) => recogniser.name).join(', ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation of ${names}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>Evaluation of ${names}</h1>
<p class="dim">CMR orientation node ${softwareVersion}, ${createdAt.slice(0, 16).replace('T', ' ')} UTC${part === undefined ? '' : `; only the subjects of the part ${part}`}.
Not a medical device.</p>
${models.length > 1 ? comparison(models) : undefined}
${foldersSection(evaluation)}
${models.map((model) => modelSection(model, models.length > 1))}
${methodSection()}
</main>
</body>
</html>
`.markup;
}

function foldersSection({ folders }: Evaluation): Markup {
  const byHeader = folders.some(({ truth, withCode }) => truth === 'header' && withCode > 0);
  return html`<h2>What was measured on</h2>
${table(
  ['Data set', 'Pictures', 'with a known code', 'with geometry', 'Subjects', 'Series', 'Kinds', 'Truth by'],
  folders.map((one) => [
    one.dataSet,
    String(one.pictures),
    String(one.withCode),
    String(one.withGeometry),
    String(one.subjects),
    String(one.series),
    one.kinds.join(', '),
    one.truth === 'labels' ? 'labels' : 'geometry headers',
  ]),
)}
${byHeader ? html`<p>Where the truth is by header, series that are decided with their geometry are partly their own judge; what is decided by the picture alone is not.</p>` : undefined}`;
}

function comparison(models: readonly ModelEvaluation[]): Markup {
  const rows = models.map((model) => new Map(headline(model).map((row) => [row.measure, row])));
  const measures = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  return html`<h2>Side by side</h2>
${table(
  ['', ...models.map(({ recogniser }) => recogniser.name), 'Goal'],
  measures.map((measure) => [
    measure,
    ...rows.map((row) => valueMarkup(row.get(measure))),
    rows.flatMap((row) => row.get(measure)?.goal ?? [])[0] ?? '',
  ]),
)}`;
}

function modelSection(model: ModelEvaluation, several: boolean): Markup {
  const rows = headline(model);
  return html`<section><h2>${several ? model.recogniser.name : 'Result'}</h2>
${recogniserText(model.recogniser)}
${model.unpredicted === 0 ? undefined : html`<p>${model.unpredicted} pictures have no prediction and are left out.</p>`}
${table(
  ['', 'Found', '95 %: independent; by subject', 'Goal', ''],
  rows.map((row) => [row.measure, valueMarkup(row), row.intervals, row.goal, reachedMarkup(row)]),
)}
${slicesSection(model)}
${seriesSection(model)}
${headsSection(model)}
${labelsSection(model)}
${consistencySection(model)}
${speedSection(model)}</section>`;
}

function recogniserText({ name, model }: Recogniser): Markup {
  if (model === undefined) return html`<p>Predictions that were made elsewhere: ${name}.</p>`;
  return html`<p>${name} ${model.version}, SHA-256 <code>${model.sha256.slice(0, 16)}…</code>; ${model.licence}.${model.usage === undefined ? '' : ` ${model.usage}`}</p>
<p>What its manifest says of the data that it was trained on:</p><ul>${model.trainedOn.map((source) => html`<li>${source}</li>`)}</ul>`;
}

function valueMarkup(row: HeadlineRow | undefined): Markup {
  if (row === undefined) return html`–`;
  return row.reached === false ? html`<span class="bad">${row.value}</span>` : html`${row.value}`;
}

function reachedMarkup({ reached }: HeadlineRow): Markup {
  if (reached === undefined) return html``;
  return reached ? html`<span class="good">reached</span>` : html`<span class="bad">missed</span>`;
}

function labelsSection({ contradictedLabels }: ModelEvaluation): Markup | undefined {
  if (contradictedLabels.length === 0) return undefined;
  const series = [
    ...new Set(contradictedLabels.map((one) => `${one.dataSet}: ${one.series} (labelled ${one.truth?.code ?? '?'})`)),
  ];
  return html`<h3>Labels to look at</h3><p>${contradictedLabels.length} pictures have a labelled code that their short-axis header
puts harmfully far off: the label or the header is wrong.</p><ul>${series.map((one) => html`<li>${one}</li>`)}</ul>`;
}

function consistencySection({ consistency }: ModelEvaluation): Markup | undefined {
  if (consistency === undefined) return undefined;
  const { pictures, sameCode, greatestDifference, greatestAngleDifference, exact } = consistency;
  const angle =
    greatestAngleDifference === undefined ? '' : `, angles by at most ${greatestAngleDifference.toExponential(1)}°`;
  return html`<h3>Consistency</h3><p>${pictures} pictures, drawn by a seed, were turned in all eight ways and recognised each time:
${percent(sameCode)} % of the answers are the composed code; probabilities and short-axis scores differ by at most
${greatestDifference.toExponential(1)}${angle}. ${exact ? 'The recogniser is exactly equivariant.' : 'The recogniser is not exactly equivariant.'}</p>`;
}

function speedSection({ speed }: ModelEvaluation): Markup | undefined {
  if (speed === undefined) return undefined;
  const { processorTime, oneThread, preprocessing, throughProcess, slices, processor, cores, load } = speed;
  return html`<h3>Speed</h3><p>${slices} slices on ${processor}, ${cores} cores, with a load of ${load.toFixed(1)} (beyond ${cores},
other work took its time). One thread, one slice at a time: ${milliseconds(processorTime)} of the processor's time; passed have a
median of ${milliseconds(oneThread.median)}, of which preprocessing ${milliseconds(preprocessing.median)}, in a tenth of the cases
${milliseconds(oneThread.p10)} or less, in nine tenths ${milliseconds(oneThread.p90)} or less. Through the recognising process
(${throughProcess.provider}): ${milliseconds(throughProcess.mean)} a slice.</p>`;
}

function methodSection(): Markup {
  return html`<h2>How to read this</h2>
<ul><li>Two 95 % intervals stand behind a share. The first (Wilson's) takes all items for independent, which slices of one person are not. The second
draws whole subjects anew, 1,000 times by a fixed seed; where all items are alike it would have no width and is left out.</li>
<li>Calibration error by chance: the mean over 100 draws in which every answer is right with exactly the probability that it was given.</li>
<li>Series are decided one by one. Within a study the product also pools series of one stack, and lets one series speak for the next.</li>
<li>Where pictures have no spacing, pixels are taken to be square.</li></ul>`;
}
