/** One picture as plain numbers, for looking at and for classifying; never written back to a data set. */
export interface GreyImage {
  readonly rows: number;
  readonly columns: number;
  /** Distance between rows in millimetres, or 1 together with `columnSpacingMm` 1 where the header says nothing. */
  readonly rowSpacingMm: number;
  readonly columnSpacingMm: number;
  /** Row-major, stored values (no rescale, no window). Length rows × columns. */
  readonly samples: Float32Array;
}
