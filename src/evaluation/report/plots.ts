import type { Calibration, CoveragePoint } from '../calibration.ts';
import type { Interval } from '../intervals.ts';
import type { ScoreDistribution } from '../short-axis-scores.ts';
import { html, type Markup } from './markup.ts';

const WIDTH = 380;
const HEIGHT = 270;
const LEFT = 48;
const RIGHT = 10;
const TOP = 26;
const BOTTOM = 40;

/** Draws within axes: from the values of both axes to pixels. */
interface Axes {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

interface AxisText {
  readonly label: string;
  readonly ticks: readonly number[];
  readonly text: (value: number) => string;
}

/** A plot whose axes run from the first to the last of their ticks. */
function plot(
  name: string,
  { across, up, keys }: { across: AxisText; up: AxisText; keys: readonly { name: string; style: string }[] },
  draw: (axes: Axes) => readonly Markup[],
): Markup {
  const scaled = ({ ticks }: AxisText, from: number, to: number) => {
    const [first, last] = [ticks[0] as number, ticks.at(-1) as number];
    return (value: number): number => from + ((value - first) / (last - first)) * (to - from);
  };
  const x = scaled(across, LEFT, WIDTH - RIGHT);
  const y = scaled(up, HEIGHT - BOTTOM, TOP);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${name}">
${across.ticks.map((tick) => html`<path class="axis" d="M${px(x(tick))} ${TOP}V${HEIGHT - BOTTOM}"/><text x="${px(x(tick))}" y="${HEIGHT - BOTTOM + 15}" text-anchor="middle">${across.text(tick)}</text>`)}
${up.ticks.map((tick) => html`<path class="axis" d="M${LEFT} ${px(y(tick))}H${WIDTH - RIGHT}"/><text x="${LEFT - 6}" y="${px(y(tick) + 4)}" text-anchor="end">${up.text(tick)}</text>`)}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${across.label}</text>
<text transform="translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${up.label}</text>
${keys.map((key, i) => html`<text class="key-${key.style}" x="${LEFT + i * 150}" y="14">${key.style === 'mark' ? '●' : '○'} ${key.name}</text>`)}
${draw({ x, y })}
</svg>`;
}

const px = (value: number): string => value.toFixed(1);
const shareText = (value: number): string => `${Math.round(value * 100)} %`;

/** The share that was right over the probability that was given; circles grow with the number of slices. */
export function reliabilityPlot(strict: Calibration, harmless: Calibration): Markup {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const greatest = Math.max(1, ...strict.bins.map(({ n }) => n));
  return plot(
    'Reliability',
    {
      across: { label: 'probability of the named code', ticks, text: shareText },
      up: { label: 'right', ticks, text: shareText },
      keys: [
        { name: 'right code', style: 'mark' },
        { name: 'right or harmless', style: 'other' },
      ],
    },
    ({ x, y }) => {
      const dots = ({ bins }: Calibration, style: string): Markup[] =>
        bins.flatMap(({ n, meanProbability, shareRight }) => {
          if (meanProbability === undefined || shareRight === undefined) return [];
          const radius = px(2 + 7 * Math.sqrt(n / greatest));
          return [
            html`<circle class="${style}" cx="${px(x(meanProbability))}" cy="${px(y(shareRight))}" r="${radius}"><title>${n} slices: said ${shareText(meanProbability)}, right ${shareText(shareRight)}</title></circle>`,
          ];
        });
      return [
        html`<path class="ideal" d="M${px(x(0))} ${px(y(0))}L${px(x(1))} ${px(y(1))}"/>`,
        ...dots(strict, 'mark-dot'),
        ...dots(harmless, 'other-dot'),
      ];
    },
  );
}

/** How much is wrong among the answers that are kept, the surest first. */
export function coveragePlot(points: readonly CoveragePoint[]): Markup {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const greatest = Math.max(0.01, ...points.map(({ wrong }) => wrong));
  const step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25].find((one) => one * 4 >= greatest) ?? 0.25;
  const upTicks = [0, 1, 2, 3, 4].map((count) => count * step);
  return plot(
    'Error over coverage',
    {
      across: { label: 'share of slices that are kept', ticks, text: shareText },
      up: { label: 'of these wrong', ticks: upTicks, text: (value) => `${Number((value * 100).toFixed(1))} %` },
      keys: [
        { name: 'not the right code', style: 'mark' },
        { name: 'harm', style: 'other' },
      ],
    },
    ({ x, y }) => {
      const line = (value: (point: CoveragePoint) => number): string =>
        points.map((point, i) => `${i === 0 ? 'M' : 'L'}${px(x(point.coverage))} ${px(y(value(point)))}`).join('');
      return [
        html`<path class="mark" d="${line(({ wrong }) => wrong)}"/>`,
        html`<path class="other" d="${line(({ harm }) => harm)}"/>`,
      ];
    },
  );
}

/** How the short-axis scores of short axes and of everything else are spread. */
export function scorePlot(shortAxes: ScoreDistribution, others: ScoreDistribution, threshold: number): Markup {
  const shares = ({ counts }: ScoreDistribution): number[] => {
    const total = Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
    return counts.map((count) => count / total);
  };
  const [upright, hanging] = [shares(shortAxes), shares(others)];
  return plot(
    'Short-axis scores',
    {
      across: { label: 'short-axis score', ticks: [0, 0.25, 0.5, 0.75, 1], text: (value) => value.toFixed(2) },
      up: { label: 'of the slices', ticks: [0, 0.25, 0.5, 0.75, 1], text: shareText },
      keys: [
        { name: 'short axes', style: 'mark' },
        { name: 'no short axes', style: 'other' },
      ],
    },
    ({ x, y }) => {
      const bars = (values: readonly number[], { style, shift }: { style: string; shift: number }): Markup[] =>
        values.map((value, i) => {
          const width = (x(1) - x(0)) / values.length / 2;
          const left = x(i / values.length) + shift * width;
          return html`<rect class="${style}" x="${px(left)}" y="${px(y(value))}" width="${px(width - 1)}" height="${px(y(0) - y(value))}"/>`;
        });
      return [
        ...bars(upright, { style: 'mark-fill', shift: 0 }),
        ...bars(hanging, { style: 'other-fill', shift: 1 }),
        html`<path class="ideal" d="M${px(x(threshold))} ${TOP}V${HEIGHT - BOTTOM}"/>`,
      ];
    },
  );
}

const BAR_WIDTH = 170;
const BAR_HEIGHT = 22;

/** A dot with its interval on a scale from `from` to 1, for a row of a table. */
export function intervalBar(value: number | undefined, interval: Interval | undefined, from: number): Markup {
  if (value === undefined) return html``;
  const x = (share: number): string => px(4 + ((Math.max(from, share) - from) / (1 - from)) * (BAR_WIDTH - 8));
  const middle = BAR_HEIGHT / 2;
  const whisker =
    interval === undefined ? undefined : html`<path class="mark" d="M${x(interval[0])} ${middle}H${x(interval[1])}"/>`;
  return html`<svg width="${BAR_WIDTH}" height="${BAR_HEIGHT}" aria-hidden="true"><path class="axis" d="M4 ${middle}H${BAR_WIDTH - 4}M${BAR_WIDTH - 4} 3v${BAR_HEIGHT - 6}"/>${whisker}<circle class="mark-dot" cx="${x(value)}" cy="${middle}" r="4"/></svg>`;
}
