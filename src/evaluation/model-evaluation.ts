import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import { COMMON_DIMENSIONS, partsOf, ranged, SLICE_DIMENSIONS } from './breakdown.ts';
import type { Consistency } from './consistency.ts';
import { fieldInVentricles } from './field-of-view.ts';
import { type HeadAccuracy, kindAccuracy, qualityAccuracy } from './head-accuracy.ts';
import type { CopiesBy, CopyOf, JudgedFolders } from './judge-folders.ts';
import { judgeSeries, slicesBySeries } from './judged-series.ts';
import { isMeasured, type JudgedSlice } from './judged-slice.ts';
import type { RecogniserSpeed } from './recogniser-speed.ts';
import { BASES, type Basis, type SeriesRules } from './series-outcome.ts';
import {
  type JudgedSeries,
  type NotShortAxisSummary,
  notShortAxisSummary,
  type SeriesSummary,
  seriesSummary,
} from './series-summary.ts';
import { type ShortAxisScores, shortAxisScores } from './short-axis-scores.ts';
import { type Accuracy, accuracyOf } from './slice-metrics.ts';
import { type CodeTable, codeTable, type SliceSummary, sliceSummary } from './slice-summary.ts';

/** One dimension and what was measured in each of its parts. */
export interface Breakdown<Measured> {
  readonly title: string;
  readonly parts: readonly { readonly label: string; readonly measured: Measured }[];
}

/** Whose answers were measured. */
export interface Recogniser {
  readonly name: string;
  /** Undefined for predictions that were made elsewhere. */
  readonly model?:
    | {
        readonly version: string;
        readonly sha256: string;
        readonly licence: string;
        readonly usage: string | undefined;
        readonly trainedOn: readonly string[];
      }
    | undefined;
}

/** Short-axis series, decided on one basis. */
export interface SeriesEvaluation {
  readonly basis: Basis;
  /** In how many ways each was stored: as it is, or under all eight codes. */
  readonly ways: 1 | 8;
  readonly summary: SeriesSummary;
  readonly breakdowns: readonly Breakdown<SeriesSummary>[];
  readonly series: readonly JudgedSeries[];
}

/** Series that are no short axes. */
export interface NotShortAxisEvaluation {
  readonly title: string;
  readonly summary: NotShortAxisSummary;
  readonly series: readonly JudgedSeries[];
}

/** Everything that was measured of one recogniser. */
export interface ModelEvaluation {
  readonly recogniser: Recogniser;
  /** Every picture, with what was said of it. */
  readonly judged: readonly JudgedSlice[];
  readonly unpredicted: number;
  readonly slices: SliceSummary;
  /** Each slice under all eight codes where `copies` says so, else as stored. */
  readonly codes: CodeTable;
  readonly copies: CopiesBy | undefined;
  readonly breakdowns: readonly Breakdown<Accuracy>[];
  readonly scores: ShortAxisScores | undefined;
  readonly kinds: HeadAccuracy | undefined;
  readonly qualities: HeadAccuracy | undefined;
  readonly series: readonly SeriesEvaluation[];
  readonly notShortAxis: readonly NotShortAxisEvaluation[];
  /** Labelled codes that an honest short-axis header puts harmfully far off: look at them. */
  readonly contradictedLabels: readonly JudgedSlice[];
  readonly consistency: Consistency | undefined;
  readonly speed: RecogniserSpeed | undefined;
}

/** How a recogniser was asked, and what came of that beside its answers. */
export interface Measurement extends Pick<ModelEvaluation, 'recogniser' | 'consistency' | 'copies' | 'speed'> {
  readonly copyOf: CopyOf;
  readonly rules: SeriesRules;
  /** Whether series are also decided under all eight codes where geometry has a say: their header is turned with them. */
  readonly turnWithGeometry: boolean;
}

const FIELD_RANGES = { limits: [3, 4, 5, 6, 8], unit: '×' };

export function modelEvaluation(
  { slices, unpredicted }: Pick<JudgedFolders, 'slices' | 'unpredicted'>,
  measurement: Measurement,
): ModelEvaluation {
  const { recogniser, consistency, copies, copyOf, speed, rules } = measurement;
  const measured = slices.filter(isMeasured);
  const field = ranged('Field of view, in diameters of the left ventricle', fieldInVentricles(slices), FIELD_RANGES);
  const shown =
    copies === undefined ? measured : ORIENTATION_CODES.flatMap((code) => measured.map((one) => copyOf(one, code)));
  return {
    recogniser,
    judged: slices,
    unpredicted,
    slices: sliceSummary(measured),
    codes: codeTable(shown.filter(isMeasured)),
    copies,
    breakdowns: [...SLICE_DIMENSIONS, field].map(({ title, ...by }) => ({
      title,
      parts: partsOf(measured, by).map(({ label, items }) => ({ label, measured: accuracyOf(items) })),
    })),
    scores: shortAxisScores(slices, rules.thresholds.sax),
    kinds: kindAccuracy(slices),
    qualities: qualityAccuracy(slices),
    series: BASES.flatMap((basis) => shortAxisSeries(slices, basis, measurement)),
    notShortAxis: notShortAxisSeries(slices, measurement),
    contradictedLabels: slices.filter((slice) => slice.contradictsHeader),
    consistency,
    speed,
  };
}

const hasPlane = (slices: readonly JudgedSlice[]): boolean => slices.some(({ plane }) => plane !== undefined);
const isShortAxis = (slices: readonly JudgedSlice[]): boolean => !slices.some(({ shortAxis }) => shortAxis === false);

function shortAxisSeries(slices: readonly JudgedSlice[], basis: Basis, measurement: Measurement): SeriesEvaluation[] {
  const { copies, turnWithGeometry, copyOf, rules } = measurement;
  const chosen = slicesBySeries(slices).filter((one) => isShortAxis(one) && (basis === 'picture' || hasPlane(one)));
  if (chosen.length === 0) return [];
  const allCodes = copies !== undefined && (basis === 'picture' || turnWithGeometry);
  const series = chosen.map((one) => judgeSeries(one, { basis, allCodes, copyOf, rules }));
  return [
    {
      basis,
      ways: allCodes ? 8 : 1,
      summary: seriesSummary(series),
      breakdowns: COMMON_DIMENSIONS.map(({ title, ...by }) => ({
        title,
        parts: partsOf(series, by).map(({ label, items }) => ({ label, measured: seriesSummary(items) })),
      })),
      series,
    },
  ];
}

/** By their own kind, as a site would see them; and as if a header had called them a cine, which asks the recogniser. */
function notShortAxisSeries(
  slices: readonly JudgedSlice[],
  { copies, copyOf, rules }: Measurement,
): NotShortAxisEvaluation[] {
  const chosen = slicesBySeries(slices).filter((one) => !isShortAxis(one));
  const placed = chosen.filter(hasPlane);
  const trial = { allCodes: false, copyOf, rules };
  const cine = { ...trial, callOthers: 'cine' } as const;
  return [
    {
      title: 'as the product sees them',
      series: chosen.map((one) => judgeSeries(one, { ...trial, basis: basisOf(one) })),
    },
    {
      title: 'if a header called them a short-axis cine',
      series: placed.map((one) => judgeSeries(one, { ...cine, basis: 'geometry' })),
    },
    {
      title: 'if a name called them a cine and geometry were missing',
      series: chosen.map((one) => judgeSeries(one, { ...cine, allCodes: copies !== undefined, basis: 'picture' })),
    },
  ].flatMap(({ title, series }) =>
    series.length === 0 ? [] : [{ title, summary: notShortAxisSummary(series), series }],
  );
}

function basisOf(slices: readonly JudgedSlice[]): Basis {
  return hasPlane(slices) ? 'geometry' : 'picture';
}
