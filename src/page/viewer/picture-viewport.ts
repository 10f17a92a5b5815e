import { Enums, RenderingEngine, type StackViewport } from '@cornerstonejs/core';
import { sampleRange, type ValueRange } from './drawn-samples.ts';
import { prepareViewer, type ViewerImage } from './picture-loader.ts';
import type { Offset, PictureShape } from './turned-picture.ts';

/** How a picture is looked at. */
export interface Look {
  /** Undefined: as the header wishes. */
  readonly range: ValueRange | undefined;
  /** Screen pixels in a millimetre. */
  readonly pixelsPerMm: number;
  /** Millimetres from the middle of the picture to the point in the middle of the viewport. */
  readonly centre: Offset;
}

/** One place where pictures are drawn. */
export interface PictureViewport {
  readonly show: (image: ViewerImage, look: Look) => void;
  readonly resize: () => void;
  readonly destroy: () => void;
}

const VIEWPORT = 'picture';
let count = 0;

export function openViewport(element: HTMLDivElement): PictureViewport {
  prepareViewer();
  const engine = new RenderingEngine(`viewer-${++count}`);
  engine.enableElement({ viewportId: VIEWPORT, type: Enums.ViewportType.STACK, element });
  // The library takes the element out of the order of keys; it is the person's to steer.
  element.removeAttribute('tabindex');
  const viewport = engine.getViewport(VIEWPORT) as StackViewport;
  // On screens with scaled pixels the library would show its canvas in blocks.
  viewport.canvas.style.imageRendering = 'auto';
  let last: PictureShape | undefined;
  let shown: (() => void) | undefined;
  const draw = (image: ViewerImage, look: Look): void => {
    // The library keeps the area of the picture that it drew before.
    if (last !== undefined && !isSameShape(last, image.shape)) viewport.setUseCPURendering(true);
    last = image.shape;
    viewport.renderImageObject(image);
    const { lower, upper } = sampleRange(image.drawn, look.range ?? image.drawn.initial);
    viewport.setProperties({ voiRange: { lower, upper }, invert: image.drawn.inverted }, true);
    place(viewport, image.shape, look);
    viewport.render();
  };
  return {
    show: (image, look) => {
      shown = () => draw(image, look);
      shown();
    },
    resize: () => {
      engine.resize(false, false);
      shown?.();
    },
    destroy: () => engine.destroy(),
  };
}

function isSameShape(one: PictureShape, other: PictureShape): boolean {
  return (
    one.rows === other.rows &&
    one.columns === other.columns &&
    one.rowSpacing === other.rowSpacing &&
    one.columnSpacing === other.columnSpacing
  );
}

/** Scale and place, whatever they were before. */
function place(viewport: StackViewport, shape: PictureShape, { pixelsPerMm, centre }: Look): void {
  // The library's scale is the canvas pixels of a stored pixel's shorter side.
  const shorter = Math.min(shape.rowSpacing, shape.columnSpacing);
  viewport.setCamera({ scale: pixelsPerMm * shorter });
  const [x, y] = viewport.getPan();
  const { focalPoint } = viewport.getCamera();
  if (focalPoint === undefined) return;
  // Its pan is in stored pixels; its camera moves by millimetres of the flat plane.
  viewport.setCamera({
    focalPoint: [
      focalPoint[0] + x * shape.columnSpacing + centre.x,
      focalPoint[1] + y * shape.rowSpacing + centre.y,
      0,
    ],
  });
}
