import type { DrawnSamples, ValueRange } from './drawn-samples.ts';
import type { LinkedView, ViewStep } from './linked-view.ts';
import { WINDOW_FIELD } from './viewer-keys.ts';

interface ToolsProps {
  readonly view: LinkedView;
  readonly step: (step: ViewStep) => void;
  readonly counts: { readonly slices: number; readonly phases: number };
  readonly values: DrawnSamples['values'];
  readonly range: ValueRange | undefined;
  readonly setRange: (range: ValueRange | undefined) => void;
  readonly overlay: boolean;
  readonly setOverlay: (on: boolean) => void;
}

/** Everything that hand and keys do in the viewports, as controls with names. */
export function ViewerTools({ view, step, counts, values, range, setRange, overlay, setOverlay }: ToolsProps) {
  return (
    <div class="viewer-tools" role="toolbar" aria-label="Pictures">
      <Slider
        name="Slice"
        value={view.slice}
        count={counts.slices}
        onChange={(slice) => step({ kind: 'go', to: { slice, phase: view.phase } })}
      />
      <button
        type="button"
        disabled={counts.phases < 2}
        onClick={() => step({ kind: 'play', playing: !view.playing })}
        title="Space"
      >
        {view.playing && counts.phases > 1 ? 'Pause' : 'Play'}
      </button>
      <Slider
        name="Phase"
        value={Math.min(view.phase, counts.phases - 1)}
        count={counts.phases}
        onChange={(phase) => {
          step({ kind: 'play', playing: false });
          step({ kind: 'go', to: { slice: view.slice, phase } });
        }}
      />
      <WindowFields range={range} setRange={setRange} values={values} />
      <span class="tool-group">
        <button type="button" onClick={() => step({ kind: 'fit' })} title="F">
          Fit
        </button>
        <button type="button" onClick={() => step({ kind: 'reset' })} title="R">
          Reset
        </button>
        <button type="button" aria-pressed={overlay} onClick={() => setOverlay(!overlay)} title="A">
          Standard
        </button>
      </span>
    </div>
  );
}

interface SliderProps {
  readonly name: string;
  readonly value: number;
  readonly count: number;
  readonly onChange: (value: number) => void;
}

function Slider({ name, value, count, onChange }: SliderProps) {
  return (
    <label class="tool-slider">
      <span>
        {name} {Math.min(value + 1, count)}/{count}
      </span>
      <input
        type="range"
        min={0}
        max={Math.max(count - 1, 0)}
        value={value}
        disabled={count < 2}
        aria-valuetext={`${value + 1} of ${count}`}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

/** The width is at least this part of the least difference that can be told. */
const LEAST_WIDTH = 1e-6;

function WindowFields({ range, setRange, values }: Pick<ToolsProps, 'range' | 'setRange' | 'values'>) {
  const { lower, upper } = range ?? { lower: 0, upper: 1 };
  const [centre, width] = [(lower + upper) / 2, upper - lower];
  const set = (newCentre: number, newWidth: number) => {
    if (!Number.isFinite(newCentre) || !(newWidth > LEAST_WIDTH)) return;
    setRange({ lower: newCentre - newWidth / 2, upper: newCentre + newWidth / 2 });
  };
  const step = 10 ** Math.max(Math.floor(Math.log10(Math.max(width, 1e-3))) - 1, -3);
  return (
    <span class="tool-group" title={values === 'levels' ? 'After the table or sigmoid of the header' : undefined}>
      <label class="tool-number">
        <span>Centre</span>
        <input
          id={WINDOW_FIELD}
          type="number"
          step={step}
          value={shortNumber(centre)}
          disabled={range === undefined}
          onChange={(event) => set(event.currentTarget.valueAsNumber, width)}
        />
      </label>
      <label class="tool-number">
        <span>Width</span>
        <input
          type="number"
          min={0}
          step={step}
          value={shortNumber(width)}
          disabled={range === undefined}
          onChange={(event) => set(centre, event.currentTarget.valueAsNumber)}
        />
      </label>
    </span>
  );
}

function shortNumber(value: number): number {
  return Number(value.toPrecision(4));
}
