import type { Decision } from '../core/decision/decision.ts';
import type { QualityProbabilities, SlicePrediction } from '../core/orientation/slice-prediction.ts';
import { SLICE_QUALITIES, type SliceQuality } from '../core/orientation/slice-quality.ts';
import type { DecidedGroup } from './decide-series.ts';
import type { JudgedSeries } from './judge-series.ts';
import type { SeriesReport, SliceReport } from './report.ts';

/** What is reported of one series of DICOM files, where `decision` is what became of it. */
export function seriesReport(
  { series, slices }: JudgedSeries,
  decision: Decision,
  about: { readonly group: DecidedGroup; readonly stackGroup: number | null; readonly mode: SeriesReport['mode'] },
): SeriesReport {
  const { seriesInstanceUid, kind, instances } = series;
  const rows = instances.map((instance) =>
    sliceReport({ file: instance.file, sopInstanceUid: instance.header.sopInstanceUid }, slices.get(instance)),
  );
  return decisionReport(decision, {
    seriesInstanceUid,
    stackGroup: about.stackGroup,
    kind,
    mode: about.mode,
    pooled: about.group.evidence.pooled?.probabilities,
    slices: kind === 'other' ? [] : rows,
  });
}

export function sliceReport(
  slice: Pick<SliceReport, 'file' | 'sopInstanceUid'>,
  prediction: SlicePrediction | undefined,
): SliceReport {
  const { probabilities = null, sax = null, angleDegrees = null, quality } = prediction ?? {};
  return { ...slice, probabilities, sax, angleDegrees, quality: bestQuality(quality) };
}

function bestQuality(quality: QualityProbabilities = {}): SliceQuality | null {
  const ranked = SLICE_QUALITIES.filter((label) => quality[label] !== undefined).sort(
    (a, b) => (quality[b] ?? 0) - (quality[a] ?? 0),
  );
  return ranked[0] ?? null;
}

/** One row of the report, its columns in their order. */
export function decisionReport(
  decision: Decision,
  about: Pick<SeriesReport, 'seriesInstanceUid' | 'stackGroup' | 'kind' | 'mode' | 'slices'> & {
    readonly pooled: readonly number[] | undefined;
  },
): SeriesReport {
  const { seriesInstanceUid, stackGroup, kind, mode } = about;
  const { header } = decision;
  return {
    seriesInstanceUid,
    stackGroup,
    kind,
    mode,
    decision: decision.decision,
    flags: decision.flags,
    reason: decision.reason,
    observedCode: decision.observedCode ?? null,
    correction: decision.correction ?? null,
    probabilities: decision.fused ?? about.pooled ?? null,
    sax: decision.sax ?? null,
    angleDegrees: decision.angleDegrees ?? null,
    header: header === undefined ? null : { code: header.code, angleDegrees: header.angleDegrees, side: header.side },
    slices: about.slices,
  };
}
