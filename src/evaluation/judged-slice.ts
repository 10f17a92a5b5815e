import { bestOf } from '../core/decision/fusion.ts';
import type { ImagePlane } from '../core/geometry/image-plane.ts';
import type { OrientationCode } from '../core/orientation/d4.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import type { LabelledPicture, SliceQuality } from '../labelled/labelled-picture.ts';
import { extentMm, ventricleShare } from './field-of-view.ts';
import { type Verdict, verdictOn } from './harm.ts';
import { contradictsHeader, type OrientationTruth, orientationTruth, strongHeader } from './orientation-truth.ts';

/** One labelled picture, without its samples, and what was said of it. */
export interface JudgedSlice {
  readonly dataSet: string;
  readonly file: string;
  /** Of its data set: the unit of every interval. */
  readonly subject: string;
  readonly series: string;
  readonly position: string;
  readonly kind: SequenceKind;
  readonly shortAxis: boolean | undefined;
  readonly quality: SliceQuality | undefined;
  readonly truth: OrientationTruth | undefined;
  readonly plane: ImagePlane | undefined;
  /** |side| of the plane, where the header is strong. */
  readonly side: number | undefined;
  /** The longer side of the picture in millimetres, where spacing is known. */
  readonly extentMm: number | undefined;
  /** How much of that side the drawn left ventricle takes. */
  readonly ventricleShare: number | undefined;
  readonly contradictsHeader: boolean;
  readonly prediction: SlicePrediction;
  /** The most probable code. */
  readonly named: OrientationCode;
  readonly probability: number;
  /** Undefined where the truth is not known. */
  readonly verdict: Verdict | undefined;
}

/** A judged slice of which the truth is known. */
export type MeasuredSlice = JudgedSlice & { readonly truth: OrientationTruth; readonly verdict: Verdict };

export function judgedSlice(dataSet: string, picture: LabelledPicture, prediction: SlicePrediction): JudgedSlice {
  const { file, subject, series, position, kind, quality, plane } = picture;
  const side = strongHeader(picture)?.side;
  return withPrediction(
    {
      dataSet,
      file,
      subject,
      series,
      position,
      kind,
      quality,
      plane,
      shortAxis: picture.shortAxis,
      truth: orientationTruth(picture),
      side: side === undefined ? undefined : Math.abs(side),
      extentMm: extentMm(picture),
      ventricleShare: ventricleShare(picture),
      contradictsHeader: contradictsHeader(picture),
    },
    prediction,
  );
}

/** What is known of a slice, with what is said of it. */
export function withPrediction(
  known: Omit<JudgedSlice, 'prediction' | 'named' | 'probability' | 'verdict'>,
  prediction: SlicePrediction,
): JudgedSlice {
  const { code: named, probability } = bestOf(prediction.probabilities);
  const verdict = known.truth === undefined ? undefined : verdictOn(named, known.truth);
  return { ...known, prediction, named, probability, verdict };
}

export function isMeasured(slice: JudgedSlice): slice is MeasuredSlice {
  return slice.truth !== undefined;
}

/** Names a subject among those of several data sets. */
export function subjectOf({ dataSet, subject }: Pick<JudgedSlice, 'dataSet' | 'subject'>): string {
  return `${dataSet}/${subject}`;
}
