import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DecisionDetail } from '../../api/series-detail.ts';
import { correctionFor, ORIENTATION_CODES, type OrientationCode, observed } from '../../core/orientation/d4.ts';
import { type DrawnSamples, greyLevels } from '../viewer/drawn-samples.ts';
import { middlePlace, type PictureGrid, pairAt } from '../viewer/picture-grid.ts';
import { loadPicture, type ViewerImage } from '../viewer/picture-loader.ts';
import { turnedSamples } from '../viewer/turned-picture.ts';
import { CODE_WORDS } from '../words.ts';

interface CandidatesProps {
  readonly grid: PictureGrid;
  readonly decision: DecisionDetail | null;
  /** Whose result stands. */
  readonly standing: OrientationCode | undefined;
  readonly shown: OrientationCode;
  readonly onChoose: (code: OrientationCode) => void;
}

/** The middle slice as each of the eight codes would have it leave. */
export function Candidates({ grid, decision, standing, shown, onChoose }: CandidatesProps) {
  const [image, setImage] = useState<ViewerImage>();
  const middle = useMemo(() => pairAt(grid, middlePlace(grid))?.received, [grid]);
  useEffect(() => {
    if (middle === undefined) return;
    let isWanted = true;
    // The viewport says why, where the picture cannot be loaded.
    loadPicture({ picture: middle, correction: undefined }).then(
      (loaded) => isWanted && setImage(loaded),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [middle]);
  return (
    <fieldset class="candidates">
      <legend>
        What the picture may show, and how it would leave <span class="soft">(keys 0 to 7)</span>
      </legend>
      {ORIENTATION_CODES.map((code, i) => (
        <button
          key={code}
          type="button"
          class="candidate"
          aria-pressed={code === shown}
          onClick={() => onChoose(code)}
          title={`Key ${i}: the picture shows ${code}, ${CODE_WORDS[code]}; this is how it would leave`}
        >
          {image === undefined ? <span class="thumbnail" /> : <Thumbnail image={image} code={code} />}
          <span class="candidate-code">
            <span class="mono">{code}</span>
            <span class="candidate-probability">{percent(decision?.picture?.probabilities[i])}</span>
          </span>
          <span class="candidate-words">{CODE_WORDS[code]}</span>
          <span class="candidate-marks">
            {code === standing && <span class="tag tag-good">stands</span>}
            {code === decision?.header?.code && <span class="tag">header</span>}
            {code === decision?.picture?.code && <span class="tag">picture</span>}
          </span>
        </button>
      ))}
    </fieldset>
  );
}

function Thumbnail({ image, code }: { readonly image: ViewerImage; readonly code: OrientationCode }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { drawn, shape } = image;
  const turned = useMemo(() => turnedSamples(drawn, correctionFor(observed(code))), [drawn, code]);
  useEffect(() => paint(canvas.current!, turned), [turned]);
  const isSwapped = code.startsWith('1');
  const [width, height] = [shape.columns * shape.columnSpacing, shape.rows * shape.rowSpacing];
  return (
    <span class="thumbnail">
      <canvas ref={canvas} style={{ aspectRatio: isSwapped ? `${height} / ${width}` : `${width} / ${height}` }} />
    </span>
  );
}

function paint(canvas: HTMLCanvasElement, drawn: DrawnSamples): void {
  const levels = greyLevels(drawn);
  const pixels = new ImageData(drawn.columns, drawn.rows);
  for (const [i, level] of levels.entries()) pixels.data.set([level, level, level, 255], 4 * i);
  canvas.width = drawn.columns;
  canvas.height = drawn.rows;
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
}

function percent(probability: number | undefined): string {
  if (probability === undefined) return '–';
  if (probability < 0.001) return '<0.1 %';
  return probability > 0.999 ? '>99.9 %' : `${(100 * probability).toFixed(1)} %`;
}
