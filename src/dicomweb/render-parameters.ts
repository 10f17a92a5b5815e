import { NodeError } from '../core/errors.ts';
import type { Region } from '../core/rendering/picture.ts';
import type { RenderOptions } from '../core/rendering/render-frame.ts';
import { isWindow, WINDOW_FUNCTIONS } from '../core/rendering/value-of-interest.ts';

/** How somebody wants to see a picture (PS3.18 8.3.5), and what of it is not done here. */
export interface RenderParameters {
  readonly options: RenderOptions;
  readonly warnings: readonly string[];
}

const GREATEST_SIDE = 4096;
const KNOWN = ['window', 'viewport', 'accept', 'charset', 'quality'];

/** @throws NodeError bad-request */
export function renderParameters(parameters: URLSearchParams): RenderParameters {
  const ignored = [...parameters.keys()]
    .filter((name) => !KNOWN.includes(name))
    .map((name) => name.replace(/\W/g, '?'));
  const names = [...new Set(ignored)].slice(0, 20).join(', ');
  const quality = parameters.get('quality');
  if (quality !== null && !/^([1-9]\d?|100)$/.test(quality))
    throw new NodeError('bad-request', 'quality must be from 1 to 100');
  return {
    options: { window: windowIn(parameters.get('window')), viewport: viewportIn(parameters.get('viewport')) },
    warnings: names === '' ? [] : [`Not supported and ignored: ${names}`],
  };
}

/** `center,width,function` */
function windowIn(text: string | null): RenderOptions['window'] {
  if (text === null) return undefined;
  const [center = '', width = '', shape = 'linear', ...more] = text.split(',').map((part) => part.trim());
  const named = WINDOW_FUNCTIONS.find((one) => one.toLowerCase().replace('_', '-') === shape.toLowerCase());
  const window = { center: decimal(center), width: decimal(width), function: named ?? 'LINEAR' };
  if (named === undefined || more.length > 0 || !isWindow(window)) {
    throw new NodeError('bad-request', 'window must be center, width and one of linear, linear-exact and sigmoid');
  }
  return window;
}

/** `columns,rows`, and `x,y,width,height` of the part that is shown; a part without a size reaches to the end. */
function viewportIn(text: string | null): RenderOptions['viewport'] {
  if (text === null) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  const [columns, rows] = [Number(parts[0]), Number(parts[1])];
  const fits = [columns, rows].every((side) => Number.isInteger(side) && side >= 1 && side <= GREATEST_SIDE);
  if (!fits || (parts.length !== 2 && parts.length !== 6)) {
    throw new NodeError(
      'bad-request',
      `viewport must be columns and rows up to ${GREATEST_SIDE}, and may be x, y, width and height besides`,
    );
  }
  return parts.length === 2 ? { columns, rows } : { columns, rows, region: regionIn(parts.slice(2)) };
}

function regionIn(parts: readonly string[]): Region {
  const [x, y, width, height] = parts.map(decimal) as [number, number, number, number];
  if (![x, y, width, height].every(Number.isFinite) || x < 0 || y < 0 || width === 0 || height === 0) {
    throw new NodeError('bad-request', 'the part of the picture in viewport must have a place and a size');
  }
  return { x, y, width, height };
}

function decimal(text: string): number {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}
