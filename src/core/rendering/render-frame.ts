import { type AttributeReader, decimals, firstString } from '../attributes/attribute-reader.ts';
import { tagOf } from '../attributes/tags.ts';
import { isLayoutFault, type PixelLayout, readFrameLayout } from '../pixels/pixel-layout.ts';
import { colourOf } from './colour.ts';
import { holderFor } from './frame-attributes.ts';
import { greyLevels } from './grey.ts';
import { type Picture, type Region, resampled } from './picture.ts';
import type { Window } from './value-of-interest.ts';

/** How somebody wants to see a frame (PS3.18 8.3.5). */
export interface RenderOptions {
  readonly window?: Window | undefined;
  readonly viewport?:
    | { readonly columns: number; readonly rows: number; readonly region?: Region | undefined }
    | undefined;
}

export interface RenderFault {
  readonly fault: string;
  /** What is asked for cannot be; otherwise the instance is one that cannot be shown. */
  readonly isAboutTheWish?: true;
}

export interface RenderedFrame {
  /** Zero-based. */
  readonly frame: number;
  readonly keyword: PixelLayout['keyword'];
  /** Of the frame, uncompressed, little-endian. */
  readonly bytes: Uint8Array;
}

export function isRenderFault(rendered: Picture | RenderFault): rendered is RenderFault {
  return 'fault' in rendered;
}

/** A picture of a frame for the eye: eight bits, square pixels. */
export function renderFrame(
  header: AttributeReader,
  { frame, keyword, bytes }: RenderedFrame,
  options: RenderOptions = {},
): Picture | RenderFault {
  const layout = readFrameLayout(header, keyword);
  if (isLayoutFault(layout)) return { fault: `${layout.attribute} ${layout.fault}` };
  if (bytes.length < layout.byteLength) return { fault: 'the frame is shorter than Rows and Columns ask for' };
  const picture = pictureOf(header, { layout, bytes, frame }, options.window);
  return isRenderFault(picture) ? picture : shownIn(picture, options.viewport, pixelAspect(header, frame));
}

function pictureOf(
  header: AttributeReader,
  { layout, bytes, frame }: { readonly layout: PixelLayout; readonly bytes: Uint8Array; readonly frame: number },
  window: Window | undefined,
): Picture | RenderFault {
  const { rows, columns } = layout;
  const photometric = firstString(header, tagOf('PhotometricInterpretation')) ?? 'MONOCHROME2';
  if (photometric.startsWith('MONOCHROME')) {
    if (layout.samplesPerPixel !== 1) return { fault: 'SamplesPerPixel is not 1' };
    const data = greyLevels(header, { layout, bytes, frame, inverted: photometric === 'MONOCHROME1' }, window);
    return { rows, columns, channels: 1, data };
  }
  const data = colourOf(header, { layout, bytes, photometric });
  return data === undefined
    ? { fault: 'PhotometricInterpretation is not one that can be shown' }
    : { rows, columns, channels: 3, data };
}

/** A stranger ratio is a mistake, and would only make a picture that nobody can look at. */
const GREATEST_ASPECT = 16;

/** Height of a pixel through its width: by Pixel Spacing, or Pixel Aspect Ratio where there is none (PS3.3 C.7.6.3.1.7). */
export function pixelAspect(header: AttributeReader, frame: number): number {
  const spacing = decimals(holderFor(header, frame)('PixelSpacing'), tagOf('PixelSpacing'));
  const [vertical, horizontal] = spacing?.length === 2 ? spacing : (decimals(header, tagOf('PixelAspectRatio')) ?? []);
  const aspect = (vertical ?? 1) / (horizontal ?? 1);
  return aspect >= 1 / GREATEST_ASPECT && aspect <= GREATEST_ASPECT ? aspect : 1;
}

/** As large as it fits into the viewport, or with as many pixels as are stored along the axis of the smaller ones. */
function shownIn(picture: Picture, viewport: RenderOptions['viewport'], aspect: number): Picture | RenderFault {
  const whole = { x: 0, y: 0, width: picture.columns, height: picture.rows };
  const region = viewport?.region ?? whole;
  if (region.x + Math.abs(region.width) > whole.width || region.y + Math.abs(region.height) > whole.height) {
    return { fault: `there are ${whole.width} columns and ${whole.height} rows`, isAboutTheWish: true };
  }
  const width = Math.abs(region.width) * Math.max(1, 1 / aspect);
  const height = Math.abs(region.height) * Math.max(1, aspect);
  const scale = viewport === undefined ? 1 : Math.min(viewport.columns / width, viewport.rows / height);
  const columns = Math.max(1, Math.round(width * scale));
  const rows = Math.max(1, Math.round(height * scale));
  if (region === whole && columns === picture.columns && rows === picture.rows) return picture;
  return resampled(picture, region, { columns, rows });
}
