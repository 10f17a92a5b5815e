/** Stored values of 16 bits as they are; everything else as 32-bit floats. */
export type GreySamples = Int16Array | Uint16Array | Float32Array;

/** One picture as plain numbers, for looking at and for classifying; never written back to a data set. */
export interface GreyImage {
  readonly rows: number;
  readonly columns: number;
  /** Distance between rows in millimetres, or 1 together with `columnSpacingMm` 1 where the header says nothing. */
  readonly rowSpacingMm: number;
  readonly columnSpacingMm: number;
  /** Row-major, stored values (no rescale, no window). Length rows × columns. May be a view of the data set's bytes. */
  readonly samples: GreySamples;
}
