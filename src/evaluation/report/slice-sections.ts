import { ORIENTATION_CODES } from '../../core/orientation/d4.ts';
import type { HeadAccuracy } from '../head-accuracy.ts';
import type { JudgedSlice } from '../judged-slice.ts';
import type { ModelEvaluation } from '../model-evaluation.ts';
import type { Accuracy } from '../slice-metrics.ts';
import { SURELY } from '../slice-summary.ts';
import { degrees, fraction, intervals, percent } from './figure-text.ts';
import { html, type Markup, table } from './markup.ts';
import { coveragePlot, intervalBar, reliabilityPlot, scorePlot } from './plots.ts';

/** Lists of single slices end here; the JSON names all. */
const NAMED = 30;

const COPIES_TEXT = {
  permuting:
    'Every picture counts under all eight codes. The answers on the turned copies were computed by turning the answer on the stored picture, after a sample had shown that the recogniser is exactly equivariant (see Consistency).',
  recognising: 'Every picture was turned in all eight ways and recognised anew each time.',
  assuming:
    'Every picture counts under all eight codes. The answers on the turned copies were computed by turning the answer on the stored picture: that the recogniser is equivariant was taken for granted and not measured.',
} as const;

export function slicesSection(model: ModelEvaluation): Markup {
  const { slices, codes, copies, breakdowns } = model;
  const { n } = slices.accuracy.strict;
  if (n === 0) return html`<h3>Slices</h3><p>No picture has a known code.</p>`;
  return html`<h3>Slices</h3>
<p>${n} pictures of ${slices.accuracy.strict.subjects} subjects, as stored. <em>Right</em> is the labelled code. <em>Harmless</em> is
a quarter turn that leaves the picture within 60° of <em>down</em>, or, where nobody knows the angle, one that is labelled near the
border. Everything else does harm.</p>
${breakdownTable(model)}
<h3>By true code</h3>
<p class="dim">${copies === undefined ? 'As stored.' : COPIES_TEXT[copies]}</p>
${table(
  ['True code', 'n', 'Right', '95 %: independent; by subject', 'Right or harmless', '95 %: independent; by subject'],
  codes.byCode.flatMap(({ code, accuracy }) => (accuracy.strict.n === 0 ? [] : [[code, ...accuracyCells(accuracy)]])),
)}
${confusionTable(codes.confusion, ORIENTATION_CODES, 'Slices by true code (rows) and named code (columns)')}
<h3>Are the probabilities honest?</h3>
${calibrationPart(model)}
${angles(model)}
${breakdowns.length === 0 ? undefined : surelyWrong(model)}`;
}

function accuracyCells({ strict, harmless }: Accuracy): string[] {
  return [
    String(strict.n),
    `${percent(strict.value)} %`,
    intervals(strict),
    `${percent(harmless.value)} %`,
    intervals(harmless),
  ];
}

function breakdownTable({ slices, breakdowns }: ModelEvaluation): Markup {
  const all = [{ title: 'All', parts: [{ label: 'all slices', measured: slices.accuracy }] }, ...breakdowns];
  // A dimension of which nothing is known says nothing.
  const shown = all.filter(({ parts }) => parts.some(({ label }) => label !== 'unknown'));
  const least = Math.min(...shown.flatMap(({ parts }) => parts.map(({ measured }) => lower(measured))));
  const from = Math.max(0, Math.floor(least * 10) / 10 - 0.1);
  const heading = [
    '',
    'n',
    'Right',
    '95 %: independent; by subject',
    'Right or harmless',
    '95 %: independent; by subject',
  ];
  const rows = shown.map(
    ({ title, parts }) => html`<tr class="part"><th scope="rowgroup" colspan="7">${title}</th></tr>
${parts.map(
  ({ label, measured }) =>
    html`<tr><th scope="row">${label}</th>${accuracyCells(measured).map((cell) => html`<td>${cell}</td>`)}<td class="bar">${intervalBar(measured.harmless.value, measured.harmless.wilson, from)}</td></tr>\n`,
)}`,
  );
  return html`<div class="scroll"><table><thead><tr>${heading.map((text) => html`<th scope="col">${text}</th>`)}<th scope="col">harmless, ${percent(from)}–100 %</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function lower({ harmless }: Accuracy): number {
  return harmless.wilson?.[0] ?? 1;
}

export function confusionTable(
  counts: readonly (readonly number[])[],
  labels: readonly string[],
  caption: string,
): Markup {
  const rows = counts.flatMap((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    const cells = row.map((count, column) => {
      const share = Math.round((count / total) * 45);
      const colour = column === i ? 'var(--mark)' : 'var(--other)';
      const shade = count === 0 ? '' : `background: color-mix(in srgb, ${colour} ${share + 8}%, transparent)`;
      return html`<td style="${shade}">${count === 0 ? '·' : count}</td>`;
    });
    return [html`<tr><th scope="row">${labels[i] ?? ''}</th>${cells}</tr>\n`];
  });
  return html`<div class="scroll"><table class="confusion"><caption>${caption}</caption>
<thead><tr><th></th>${labels.map((label) => html`<th scope="col">${label}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function calibrationPart({ slices }: ModelEvaluation): Markup {
  const { strict, harmless } = slices.calibration;
  return html`<p>Expected calibration error ${fraction(strict.ece)} (15 bins), where a perfectly honest recogniser would show
${fraction(strict.eceByChance)} by chance with so many slices. Counting harmless answers as right: ${fraction(harmless.ece)}.</p>
<div class="plots"><figure>${reliabilityPlot(strict, harmless)}<figcaption>On the dotted line a probability is the share of answers that
are right. Below it the recogniser is too sure. Larger circles are more slices.</figcaption></figure>
<figure>${coveragePlot(slices.coverage)}<figcaption>Where only the surest answers are kept, how many of these are wrong.</figcaption></figure></div>
${table(
  ['Kept from probability', 'Coverage', 'Not the right code', 'Harm'],
  [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99].map((least) => {
    const point = slices.coverage.findLast(({ probability }) => probability >= least);
    return [
      String(least),
      `${percent(point?.coverage ?? 0)} %`,
      `${percent(point?.wrong)} %`,
      `${percent(point?.harm)} %`,
    ];
  }),
)}`;
}

function angles({ slices: { angles: found } }: ModelEvaluation): Markup {
  if (found === undefined) {
    return html`<h3>Angle</h3><p class="dim">Not measured: the recogniser gives no angle, or no true angle is known.</p>`;
  }
  const interval = found.meanInterval?.map((end) => degrees(end)).join('–') ?? '';
  return html`<h3>Angle</h3><p>Code and in-plane angle together are off by a median of ${degrees(found.median)}, a mean of
${degrees(found.mean)} (95 % by subject: ${interval}), 90 % of slices by less than ${degrees(found.p90)}; ${found.n} slices whose
angle is known. ${found.mirrored} more were taken for a mirror of what they show, and have no angle.</p>`;
}

function surelyWrong({ slices }: ModelEvaluation): Markup {
  const wrong = [...slices.surelyWrong].sort((a, b) => Number(b.verdict === 'harm') - Number(a.verdict === 'harm'));
  if (slices.wrong === 0) return html`<h3>Wrong answers</h3><p>None.</p>`;
  return html`<h3>Wrong answers that were sure of themselves</h3>
<p>${wrong.length} of ${slices.wrong} answers that are not the right code had a probability above ${SURELY}${wrong.length > NAMED ? `. Here are ${NAMED} of them, harmful ones first` : ''}.</p>
${wrong.length === 0 ? undefined : table(['Picture', 'Data set', 'True', 'Named', 'Probability', 'Verdict'], wrong.slice(0, NAMED).map(sliceRow))}`;
}

function sliceRow(slice: JudgedSlice): (string | Markup)[] {
  const { file, dataSet, truth, named, probability, verdict } = slice;
  const words = verdict === 'harm' ? html`<span class="bad">harm</span>` : html`<span class="fair">${verdict}</span>`;
  return [file, dataSet, truth?.code ?? '', named, fraction(probability, 4), words];
}

export function headsSection({ scores, kinds, qualities }: ModelEvaluation): Markup {
  return html`${
    scores === undefined
      ? undefined
      : html`<h3>Short axis or not</h3><p>Of ${scores.shortAxes.accepted.n} slices that are short axes ${percent(scores.shortAxes.accepted.value)} % reach
${scores.threshold}; of ${scores.others.accepted.n} that are not, ${percent(scores.others.accepted.value)} %. Area under the curve ${fraction(scores.areaUnderCurve)}.</p>
<figure>${scorePlot(scores.shortAxes, scores.others, scores.threshold)}<figcaption>The dotted line is the threshold of the policy, which asks the better
half of a series' slices.</figcaption></figure>
${table(
  ['', 'n', '5 %', 'median', '95 %', `reach ${scores.threshold}`, '95 %: independent; by subject'],
  (['shortAxes', 'others'] as const).map((which) => {
    const { accepted, p5, median, p95 } = scores[which];
    const name = which === 'shortAxes' ? 'short axes' : 'no short axes';
    return [
      name,
      String(accepted.n),
      fraction(p5),
      fraction(median),
      fraction(p95),
      `${percent(accepted.value)} %`,
      intervals(accepted),
    ];
  }),
)}`
  }${headPart('Sequence kind', kinds)}${headPart('What the slice shows', qualities)}`;
}

function headPart(title: string, head: HeadAccuracy | undefined): Markup | undefined {
  if (head === undefined) return undefined;
  const rows = [{ label: 'all', accuracy: head.overall }, ...head.byLabel.filter(({ accuracy }) => accuracy.n > 0)];
  return html`<h3>${title}, by its own head</h3>${table(
    ['Label', 'n', 'Right', '95 %: independent; by subject'],
    rows.map(({ label, accuracy }) => [label, String(accuracy.n), `${percent(accuracy.value)} %`, intervals(accuracy)]),
  )}${confusionTable(head.confusion, head.labels, 'Slices by label (rows) and answer (columns)')}`;
}
