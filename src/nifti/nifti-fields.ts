/** Where the fields of a NIfTI header are (nifti1.h, nifti2.h). */
export interface NiftiFields {
  readonly headerBytes: number;
  readonly magic: number;
  /** Of an image whose voxels are in the same file. */
  readonly magicText: string;
  readonly dimInfo: number;
  readonly dim: number;
  readonly dimensionBytes: 2 | 8;
  readonly datatype: number;
  readonly bitpix: number;
  readonly pixdim: number;
  readonly voxOffset: number;
  readonly sclSlope: number;
  readonly xyztUnits: number;
  readonly qformCode: number;
  readonly sformCode: number;
  readonly codeBytes: 2 | 4;
  readonly quaternB: number;
  readonly qoffsetX: number;
  readonly srowX: number;
  readonly realBytes: 4 | 8;
}

export const FIELDS_1: NiftiFields = {
  headerBytes: 348,
  magic: 344,
  magicText: 'n+1',
  dimInfo: 39,
  dim: 40,
  dimensionBytes: 2,
  datatype: 70,
  bitpix: 72,
  pixdim: 76,
  voxOffset: 108,
  sclSlope: 112,
  xyztUnits: 123,
  qformCode: 252,
  sformCode: 254,
  codeBytes: 2,
  quaternB: 256,
  qoffsetX: 268,
  srowX: 280,
  realBytes: 4,
};

export const FIELDS_2: NiftiFields = {
  headerBytes: 540,
  magic: 4,
  magicText: 'n+2',
  dimInfo: 524,
  dim: 16,
  dimensionBytes: 8,
  datatype: 12,
  bitpix: 14,
  pixdim: 104,
  voxOffset: 168,
  sclSlope: 176,
  xyztUnits: 500,
  qformCode: 344,
  sformCode: 348,
  codeBytes: 4,
  quaternB: 352,
  qoffsetX: 376,
  srowX: 400,
  realBytes: 8,
};
