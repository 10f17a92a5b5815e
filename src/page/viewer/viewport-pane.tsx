import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { EDGES } from '../parts/edge-letters.tsx';
import { type Gestures, useGestures } from './gestures.ts';
import type { ViewerImage } from './picture-loader.ts';
import { type Look, openViewport, type PictureViewport } from './picture-viewport.ts';

interface PaneProps {
  readonly name: string;
  readonly note: ComponentChildren;
  /** Not what is in any archive: told in words and by the frame. */
  readonly isPreview?: boolean;
  readonly image: ViewerImage | undefined;
  /** Why there is no picture. */
  readonly missing: string;
  readonly look: Look;
  readonly gestures: Gestures;
  readonly onSize: (size: { readonly width: number; readonly height: number }) => void;
  /** Drawn above the picture. */
  readonly children?: ComponentChildren;
}

/** One picture with the letters of its four edges and a scale. */
export function ViewportPane({ name, note, isPreview, image, missing, look, gestures, onSize, children }: PaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const viewport = useRef<PictureViewport | undefined>(undefined);
  useGestures(host, gestures);
  useEffect(() => {
    const element = canvas.current!;
    const opened = openViewport(element);
    viewport.current = opened;
    const watch = new ResizeObserver(() => {
      opened.resize();
      onSize({ width: element.clientWidth, height: element.clientHeight });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      viewport.current = undefined;
      opened.destroy();
    };
  }, [onSize]);
  useEffect(() => {
    if (image !== undefined && look.pixelsPerMm > 0) viewport.current?.show(image, look);
  }, [image, look]);
  return (
    <figure class={isPreview === true ? 'pane pane-preview' : 'pane'}>
      <figcaption>
        <strong>{name}</strong> {note}
      </figcaption>
      <div class="pane-picture" ref={host}>
        <div class={image === undefined ? 'pane-canvas pane-empty' : 'pane-canvas'} ref={canvas} />
        {image === undefined && <p class="pane-missing">{missing}</p>}
        {image !== undefined && <Letters image={image} />}
        {image?.shape.inMillimetres === true && <ScaleBar pixelsPerMm={look.pixelsPerMm} />}
        {children}
      </div>
    </figure>
  );
}

function Letters({ image }: { readonly image: ViewerImage }) {
  const { letters } = image.shape;
  if (letters === null) return <p class="pane-letter pane-letter-none">no letters: no geometry in the header</p>;
  return (
    <>
      {EDGES.map((edge) => (
        <span key={edge} class={`pane-letter pane-letter-${edge}`} title={`${edge}: towards ${letters[edge]}`}>
          <span class="unseen">{edge}: </span>
          {letters[edge]}
        </span>
      ))}
    </>
  );
}

function ScaleBar({ pixelsPerMm }: { readonly pixelsPerMm: number }) {
  const mm = [100, 50, 20, 10, 5, 2].find((length) => length * pixelsPerMm < 140) ?? 1;
  return (
    <span class="pane-scale">
      <span class="pane-scale-bar" style={{ width: `${mm * pixelsPerMm}px` }} />
      {mm} mm
    </span>
  );
}
