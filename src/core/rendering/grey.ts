import { type AttributeReader, firstDecimal, firstString } from '../attributes/attribute-reader.ts';
import { type Keyword, tagOf } from '../attributes/tags.ts';
import { type PixelLayout, readSamples } from '../pixels/pixel-layout.ts';
import { holderFor } from './frame-attributes.ts';
import { lookedUp, readLookupTable } from './lookup-table.ts';
import { isWindow, levelOf, type ValueOfInterest, WINDOW_FUNCTIONS, type Window } from './value-of-interest.ts';

export interface GreyFrame {
  readonly layout: PixelLayout;
  /** Of the frame, little-endian. */
  readonly bytes: Uint8Array;
  /** Zero-based. */
  readonly frame: number;
  /** MONOCHROME1: the least value is white. */
  readonly inverted: boolean;
}

const NOTHING = Number.NaN;

/**
 * What a viewer shows of a grey frame (PS3.4 N.2): Modality LUT or rescale, VOI LUT or window, and the sense of grey.
 * Without either, and without `asked`, from the least value to the greatest. Padding is black.
 */
export function greyLevels(header: AttributeReader, picture: GreyFrame, asked: Window | undefined): Uint8Array {
  const { layout, inverted } = picture;
  const samples = readSamples(picture.bytes, layout);
  const values = modalityValues(samples, { header, frame: picture.frame, layout });
  const level = levelOf(asked === undefined ? valueOfInterest(header, picture.frame, values) : windowed(asked));
  const levels = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    levels[i] = level(value);
    if (inverted) levels[i] = 255 - (levels[i] as number);
  }
  return new Uint8Array(levels.buffer);
}

/** The values that a window is about; NaN for padding, and for floats that are none. */
function modalityValues(
  samples: ArrayLike<number>,
  { header, frame, layout }: { readonly header: AttributeReader; readonly frame: number; readonly layout: PixelLayout },
): Float64Array {
  const holder = holderFor(header, frame);
  const item = header.items(tagOf('ModalityLUTSequence'))[0];
  const table = item && readLookupTable(item, ['LUTDescriptor', 'LUTData'], layout.signed);
  const decimal = (keyword: Keyword): number | undefined => firstDecimal(holder(keyword), tagOf(keyword));
  const [slope, intercept] = [decimal('RescaleSlope') ?? 1, decimal('RescaleIntercept') ?? 0];
  const isPadding = paddingOf(header, layout);
  const values = new Float64Array(samples.length);
  for (let i = 0; i < values.length; i++) {
    const sample = samples[i] as number;
    if (isPadding(sample)) values[i] = NOTHING;
    else values[i] = table === undefined ? sample * slope + intercept : lookedUp(table, sample);
  }
  return values;
}

/** Pixel Padding Value, or the range up to Pixel Padding Range Limit (PS3.3 C.7.5.1.1.2). */
function paddingOf(header: AttributeReader, { signed, bytesPerSample }: PixelLayout): (sample: number) => boolean {
  const stored = (keyword: Keyword): number | undefined => {
    const value = header.unsignedShorts(tagOf(keyword))?.[0];
    return value !== undefined && signed && value > 0x7fff ? value - 0x10000 : value;
  };
  const value = bytesPerSample > 2 ? undefined : stored('PixelPaddingValue');
  if (value === undefined) return (sample) => !Number.isFinite(sample);
  const limit = stored('PixelPaddingRangeLimit') ?? value;
  const [least, greatest] = [Math.min(value, limit), Math.max(value, limit)];
  return (sample) => sample >= least && sample <= greatest;
}

function windowed(window: Window): ValueOfInterest {
  return { kind: 'window', window };
}

/** The first table or window that the header has. */
function valueOfInterest(header: AttributeReader, frame: number, values: Float64Array): ValueOfInterest {
  const item = header.items(tagOf('VOILUTSequence'))[0];
  const range = rangeOf(values);
  const table = item && readLookupTable(item, ['LUTDescriptor', 'LUTData'], range.least < 0);
  if (table !== undefined) return { kind: 'table', table };
  const window = windowIn(header, frame);
  return window === undefined ? { kind: 'range', ...range } : windowed(window);
}

/** The first window that the header has for a frame; undefined where it has none, or none that can be used. */
export function windowIn(header: AttributeReader, frame: number): Window | undefined {
  const holder = holderFor(header, frame);
  const decimal = (keyword: Keyword): number => firstDecimal(holder(keyword), tagOf(keyword)) ?? Number.NaN;
  const named = firstString(holder('VOILUTFunction'), tagOf('VOILUTFunction'));
  const shape = WINDOW_FUNCTIONS.find((one) => one === named) ?? 'LINEAR';
  const window = { center: decimal('WindowCenter'), width: decimal('WindowWidth'), function: shape };
  return isWindow(window) ? window : undefined;
}

function rangeOf(values: Float64Array): { readonly least: number; readonly greatest: number } {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}
