import type { SeriesDetail } from '../../api/series-detail.ts';
import { ORIENTATION_CODES } from '../../core/orientation/d4.ts';
import { type SlicePosition, slicePositions } from './slice-positions.ts';
import { Wide } from './wide.tsx';

const CELL = { width: 34, height: 15 };
const LEFT = 62;
const TOP = 18;
const SAX = LEFT + 8 * CELL.width + 10;
const WIDTH = SAX + 160;

/** What the recogniser said of each place in the stack: a field of eight codes, and the same as a table. */
export function SlicePlot({ slices }: { readonly slices: SeriesDetail['slices'] }) {
  const positions = slicePositions(slices);
  if (positions.length === 0) return <p class="soft">The recogniser was not asked about this series.</p>;
  const height = TOP + positions.length * CELL.height + 4;
  return (
    <>
      <svg class="slice-plot" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={inWords(positions)}>
        {ORIENTATION_CODES.map((code, i) => (
          <text key={code} x={LEFT + (i + 0.5) * CELL.width} y={TOP - 6} class="plot-middle">
            {code}
          </text>
        ))}
        <text x={SAX} y={TOP - 6}>
          short axis
        </text>
        {positions.map((position, row) => (
          <PlotRow key={row} position={position} row={row} />
        ))}
      </svg>
      <details>
        <summary>As a table</summary>
        <PositionTable positions={positions} />
      </details>
    </>
  );
}

function PlotRow({ position, row }: { readonly position: SlicePosition; readonly row: number }) {
  const y = TOP + row * CELL.height;
  const text = y + CELL.height - 4;
  return (
    <g>
      <text x={LEFT - 6} y={text} class="plot-end">
        {placeName(position, row)}
      </text>
      {position.probabilities.map((probability, i) => (
        <g key={ORIENTATION_CODES[i]}>
          <rect
            x={LEFT + i * CELL.width}
            y={y}
            width={CELL.width - 1}
            height={CELL.height - 1}
            class="plot-cell"
            fill-opacity={probability}
          />
          {probability >= 0.05 && (
            <text
              x={LEFT + (i + 0.5) * CELL.width}
              y={text}
              class={probability > 0.5 ? 'plot-middle plot-on' : 'plot-middle'}
            >
              {probability.toFixed(2)}
            </text>
          )}
        </g>
      ))}
      {position.sax !== null && (
        <>
          <rect x={SAX} y={y + 4} width={50} height={6} class="plot-track" />
          <rect x={SAX} y={y + 4} width={50 * position.sax} height={6} class="plot-bar" />
          <text x={SAX + 54} y={text}>
            {position.sax.toFixed(2)}
          </text>
        </>
      )}
      <text x={SAX + 82} y={text}>
        {position.quality?.name}
      </text>
    </g>
  );
}

function PositionTable({ positions }: { readonly positions: readonly SlicePosition[] }) {
  return (
    <Wide name="Slice positions">
      <table>
        <thead>
          <tr>
            <th scope="col">Place</th>
            {ORIENTATION_CODES.map((code) => (
              <th key={code} scope="col" class="number">
                {code}
              </th>
            ))}
            <th scope="col" class="number">
              Short axis
            </th>
            <th scope="col">Shows</th>
            <th scope="col" class="number">
              Instances
            </th>
          </tr>
        </thead>
        <tbody>
          {positions.map((position, row) => (
            <tr key={row}>
              <th scope="row">{placeName(position, row)}</th>
              {position.probabilities.map((probability, i) => (
                <td key={ORIENTATION_CODES[i]} class="number">
                  {probability.toFixed(3)}
                </td>
              ))}
              <td class="number">{position.sax?.toFixed(2) ?? '–'}</td>
              <td>
                {position.quality === null
                  ? '–'
                  : `${position.quality.name} ${position.quality.probability.toFixed(2)}`}
              </td>
              <td class="number">{position.instances}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function placeName({ positionMm }: SlicePosition, row: number): string {
  return positionMm === null ? `no. ${row + 1}` : `${positionMm.toFixed(1)} mm`;
}

function inWords(positions: readonly SlicePosition[]): string {
  const best = positions.map(
    ({ probabilities }) => ORIENTATION_CODES[probabilities.indexOf(Math.max(...probabilities))],
  );
  const counts = ORIENTATION_CODES.map((code) => ({ code, count: best.filter((one) => one === code).length }))
    .filter(({ count }) => count > 0)
    .map(({ code, count }) => `${count} show ${code}`);
  return `Probabilities of ${positions.length} slice positions: ${counts.join(', ')}`;
}
