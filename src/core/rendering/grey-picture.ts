import { type AttributeReader, firstDecimal, firstString } from '../attributes/attribute-reader.ts';
import { tagOf } from '../attributes/tags.ts';
import { isLayoutFault, type PixelLayout, readFrameLayout, readSamples } from '../pixels/pixel-layout.ts';
import { windowIn } from './grey.ts';
import { type LookupTable, lookedUp, readLookupTable } from './lookup-table.ts';
import { pixelAspect } from './render-frame.ts';
import type { Window } from './value-of-interest.ts';

/** What a viewer that renders by itself needs to know of a grey picture besides its samples (PS3.4 N.2). */
export interface GreyPicture {
  readonly layout: PixelLayout;
  readonly photometric: 'MONOCHROME1' | 'MONOCHROME2';
  /** Of the samples that `greySamples` gives. */
  readonly sample: 'uint8' | 'int8' | 'uint16' | 'int16' | 'float32';
  /** From samples to the values that the window is about. */
  readonly slope: number;
  readonly intercept: number;
  readonly window: Window | undefined;
  /** Takes precedence over the window, where there are both. */
  readonly voiLut: LookupTable | undefined;
  /** Height of a pixel by its width. */
  readonly pixelAspect: number;
}

export interface NoGreyPicture {
  readonly fault: string;
}

export function isNoGreyPicture(picture: GreyPicture | NoGreyPicture): picture is NoGreyPicture {
  return 'fault' in picture;
}

/** The one grey picture of an instance by its header, or why it has none, as the end of a sentence. */
export function readGreyPicture(header: AttributeReader, keyword: PixelLayout['keyword']): GreyPicture | NoGreyPicture {
  const frames = firstDecimal(header, tagOf('NumberOfFrames')) ?? 1;
  if (frames !== 1) return { fault: `it holds ${frames} frames in one instance` };
  const layout = readFrameLayout(header, keyword);
  if (isLayoutFault(layout)) return { fault: `its ${layout.attribute} ${layout.fault}` };
  const photometric = firstString(header, tagOf('PhotometricInterpretation')) ?? 'MONOCHROME2';
  if (layout.samplesPerPixel !== 1 || (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2')) {
    return { fault: `it is a picture in colour (${photometric})` };
  }
  const isMapped = modalityTable(header, layout) !== undefined;
  const rescale = (attribute: 'RescaleSlope' | 'RescaleIntercept'): number | undefined =>
    isMapped ? undefined : firstDecimal(header, tagOf(attribute));
  const intercept = rescale('RescaleIntercept') ?? 0;
  const voiItem = header.items(tagOf('VOILUTSequence'))[0];
  return {
    layout,
    photometric,
    sample: isMapped ? 'uint16' : sampleOf(layout),
    slope: rescale('RescaleSlope') ?? 1,
    intercept,
    window: windowIn(header, 0),
    voiLut: voiItem && readLookupTable(voiItem, ['LUTDescriptor', 'LUTData'], layout.signed || intercept < 0),
    pixelAspect: pixelAspect(header, 0),
  };
}

function sampleOf({ keyword, bytesPerSample, signed }: PixelLayout): GreyPicture['sample'] {
  if (keyword !== 'PixelData' || bytesPerSample > 2) return 'float32';
  if (bytesPerSample === 1) return signed ? 'int8' : 'uint8';
  return signed ? 'int16' : 'uint16';
}

/** A table is no line: what has one is looked up in it, and needs neither slope nor intercept (PS3.3 C.11.1). */
function modalityTable(header: AttributeReader, { signed }: PixelLayout): LookupTable | undefined {
  const item = header.items(tagOf('ModalityLUTSequence'))[0];
  return item && readLookupTable(item, ['LUTDescriptor', 'LUTData'], signed);
}

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float32: Float32Array,
} as const;

/**
 * The samples of the picture as its `sample` says, row by row, little-endian: as stored, without what lies above Bits
 * Stored; looked up where there is a Modality LUT.
 * @param bytes of the frame, little-endian, as long as its layout asks for at least
 */
export function greySamples(header: AttributeReader, picture: GreyPicture, bytes: Uint8Array): Uint8Array {
  const { layout, sample } = picture;
  const stored = readSamples(bytes, layout);
  const table = modalityTable(header, layout);
  const values = table === undefined ? stored : Array.from(stored, (value) => lookedUp(table, value));
  const shown = ARRAYS[sample].from(values);
  return new Uint8Array(shown.buffer, shown.byteOffset, shown.byteLength);
}
