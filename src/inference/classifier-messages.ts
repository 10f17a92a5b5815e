import type { ErrorCode } from '../core/errors.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { GreyImage } from '../core/pixels/grey-image.ts';

/** Asks the child to load the model on one execution provider. */
export interface OpenRequest {
  readonly kind: 'open';
  readonly modelFolder: string;
  readonly provider: string;
  readonly threads: number;
}

/** Asks the child for one prediction of each picture. */
export interface ClassifyRequest {
  readonly kind: 'classify';
  readonly images: readonly GreyImage[];
}

export type ClassifierRequest = OpenRequest | ClassifyRequest;

/** A request on its way to the child; replies carry the same number. */
export interface NumberedRequest {
  readonly id: number;
  readonly request: ClassifierRequest;
}

export type ClassifierReply =
  | { readonly id: number; readonly ok: true; readonly predictions: readonly SlicePrediction[] }
  | { readonly id: number; readonly ok: false; readonly code: ErrorCode; readonly message: string };
