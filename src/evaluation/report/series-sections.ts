import type { ModelEvaluation, NotShortAxisEvaluation, SeriesEvaluation } from '../model-evaluation.ts';
import type { SeriesOutcome } from '../series-outcome.ts';
import type { JudgedSeries, SeriesSummary } from '../series-summary.ts';
import { fraction, intervals, NOTHING, percent, shareText } from './figure-text.ts';
import { html, type Markup, table } from './markup.ts';

const NAMED = 60;

export function seriesSection({ series, notShortAxis }: ModelEvaluation): Markup {
  return html`${series.map(shortAxisPart)}${notShortAxis.length === 0 ? undefined : notShortAxisPart(notShortAxis)}`;
}

const BASIS_TEXT = {
  geometry: 'Series, decided with their geometry',
  picture: 'Series, decided by the picture alone',
} as const;

function shortAxisPart({ basis, ways, summary, breakdowns, series }: SeriesEvaluation): Markup {
  const note =
    ways === 1
      ? 'Each as it is stored.'
      : `Each stored in all eight ways${basis === 'geometry' ? ', with an honest header' : ''}, and counted once: covered where all eight are decided, bad where any of them is.`;
  return html`<h3>${BASIS_TEXT[basis]}</h3>
<p>${series.length} series${series.length === summary.series ? '' : `, ${summary.series} with a known code`}. ${note} Slices are pooled and decided by the
product's own policy and thresholds, each series by itself.</p>
${summaryTable(summary, breakdowns)}
${fateTable(summary)}
${refusalText(summary)}
${troubleTable(series)}`;
}

function summaryTable(summary: SeriesSummary, breakdowns: SeriesEvaluation['breakdowns']): Markup {
  const all = [{ title: 'All', parts: [{ label: 'all series', measured: summary }] }, ...breakdowns];
  const shown = all.filter(({ parts }) => parts.some(({ label }) => label !== 'unknown'));
  const heading = ['', 'n', 'Decided', 'Turned and wrong', 'Standard, and changed', 'Left, and wrong'];
  return html`<div class="scroll"><table><thead><tr>${heading.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead><tbody>
${shown.map(
  ({ title, parts }) => html`<tr class="part"><th scope="rowgroup" colspan="6">${title}</th></tr>
${parts.map(
  ({ label, measured }) =>
    html`<tr><th scope="row">${label}</th><td>${measured.series}</td>${[
      measured.covered,
      measured.harmed,
      measured.changedStandard,
      measured.leftWrong,
    ].map(
      (found) => html`<td>${shareText(found)}<br><small>${found.n === 0 ? '' : intervals(found)}</small></td>`,
    )}</tr>\n`,
)}`,
)}</tbody></table></div>`;
}

function fateTable({ cases }: SeriesSummary): Markup {
  const row = (name: string, of: SeriesSummary['cases']['turned']): string[] => [
    name,
    String(of.right),
    String(of.harmless),
    String(of.harm),
  ];
  return table(
    ['Cases decided', 'right', 'harmless', 'harm'],
    [row('turned', cases.turned), row('found standard and left', cases.left)],
  );
}

function refusalText({ refused }: SeriesSummary): Markup {
  const words = refused.map(({ reason, series }) => `${series} ${reason}`).join(', ');
  return html`<p>Not decided, and passed on as received: ${words === '' ? 'none' : words}.</p>`;
}

/** Wrong ones first, then those that were not decided. */
function troubleTable(series: readonly JudgedSeries[]): Markup | undefined {
  const trouble = series
    .flatMap((one) => {
      const worst = [...one.outcomes].sort((a, b) => gravity(b) - gravity(a))[0];
      return worst === undefined || gravity(worst) === 0 ? [] : [{ one, worst }];
    })
    .sort((a, b) => gravity(b.worst) - gravity(a.worst));
  if (trouble.length === 0) return undefined;
  return html`<details${trouble.length > 12 ? '' : html` open`}><summary>${trouble.length} series that were wrong, harmless or not decided</summary>
${table(
  ['Series', 'Data set', 'Kind', 'Stored as', 'Named', 'Probability', 'Short axis', 'What became of it'],
  trouble
    .slice(0, NAMED)
    .map(({ one, worst }) => [
      one.series,
      one.dataSet,
      one.kind,
      worst.truth?.code ?? NOTHING,
      worst.named ?? NOTHING,
      fraction(worst.probability),
      fraction(worst.sax, 2),
      outcomeText(worst),
    ]),
)}</details>`;
}

function gravity({ fate, verdict }: SeriesOutcome): number {
  if (verdict === 'harm') return fate === 'turned' ? 4 : 3;
  if (verdict === 'harmless') return 2;
  return fate === 'refused' ? 1 : 0;
}

function outcomeText({ fate, reason, verdict }: SeriesOutcome): Markup {
  const words = fate === 'refused' ? `passed on: ${reason}` : fate === 'turned' ? 'turned' : 'left as standard';
  if (verdict === 'harm') return html`<span class="bad">${words}: harm</span>`;
  return verdict === 'harmless' ? html`<span class="fair">${words}: harmless</span>` : html`${words}`;
}

function notShortAxisPart(parts: readonly NotShortAxisEvaluation[]): Markup {
  return html`<h3>Series that are no short axis</h3>
<p>None of them may be turned, whoever calls them what.</p>
${table(
  ['', 'Turned', '95 %: independent; by subject', 'Why the others were not'],
  parts.map(({ title, summary: { turned, reasons } }) => [
    title,
    shareText(turned),
    intervals(turned),
    reasons.map(({ reason, series }) => `${series} ${reason}`).join(', '),
  ]),
)}
${parts.map(({ title, series }) => {
  const acted = series.flatMap((one) => {
    const turned = one.outcomes.find(({ fate }) => fate === 'turned');
    return turned === undefined
      ? []
      : [[one.series, one.dataSet, fraction(turned.probability), fraction(turned.sax, 2)]];
  });
  return acted.length === 0
    ? html``
    : html`<details><summary>${percent(acted.length / series.length)} % turned ${title}</summary>
${table(['Series', 'Data set', 'Probability', 'Short axis'], acted.slice(0, NAMED))}</details>`;
})}`;
}
