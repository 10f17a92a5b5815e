import type { Overview } from '../../api/overview.ts';
import { ORIENTATION_CODES } from '../../core/orientation/d4.ts';
import { GivenText } from '../parts/given-text.tsx';
import { OrientationGlyph } from '../parts/orientation-glyph.tsx';
import { CODE_WORDS, count } from '../words.ts';

type Drift = Overview['drift'][number];

/** Scanners whose pictures come otherwise than they used to: a changed protocol, an update, another habit. */
export function DriftSignals({ drift }: { readonly drift: Overview['drift'] }) {
  const changed = drift.filter((one) => one.changed);
  return (
    <section class={`panel ${changed.length > 0 ? 'panel-warn' : ''}`}>
      <h2>Habits of the scanners</h2>
      {drift.length === 0 && <p class="soft">No scanner has sent enough yet for its habits to be compared.</p>}
      {drift.length > 0 && changed.length === 0 && (
        <p>
          <span class="good">✓</span> No scanner changed how its pictures lie.
        </p>
      )}
      {changed.map((one) => (
        <Signal key={keyOf(one)} drift={one} />
      ))}
      {drift.length > changed.length && (
        <details>
          <summary>{count(drift.length - changed.length)} without a change</summary>
          {drift
            .filter((one) => !one.changed)
            .map((one) => (
              <Signal key={keyOf(one)} drift={one} />
            ))}
        </details>
      )}
    </section>
  );
}

function keyOf({ callingAeTitle, stationName, kind }: Drift): string {
  return [callingAeTitle, stationName, kind].join('\\');
}

function Signal({ drift }: { readonly drift: Drift }) {
  const codes = ORIENTATION_CODES.filter((code) => (drift.recent[code] ?? 0) + (drift.before[code] ?? 0) > 0);
  return (
    <div class="drift">
      <p>
        {drift.changed && <strong class="warn">! Changed: </strong>}
        {drift.sentence}
      </p>
      <table>
        <caption>
          <GivenText text={drift.callingAeTitle} /> <GivenText text={drift.stationName} /> {drift.kind}, p ={' '}
          {drift.pValue < 0.0001 ? 'less than 0.0001' : drift.pValue.toFixed(4)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Period</th>
            {codes.map((code) => (
              <th key={code} scope="col" class="number" title={CODE_WORDS[code]}>
                <OrientationGlyph code={code} /> <span class="mono">{code}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Period name="last 7 days" codes={codes} counts={drift.recent} />
          <Period name="56 days before" codes={codes} counts={drift.before} />
        </tbody>
      </table>
    </div>
  );
}

interface PeriodProps {
  readonly name: string;
  readonly codes: readonly (typeof ORIENTATION_CODES)[number][];
  readonly counts: Drift['recent'];
}

function Period({ name, codes, counts }: PeriodProps) {
  const all = codes.reduce((sum, code) => sum + (counts[code] ?? 0), 0);
  return (
    <tr>
      <th scope="row">{name}</th>
      {codes.map((code) => (
        <td key={code} class="number">
          {count(counts[code] ?? 0)}
          <span class="soft"> {all === 0 ? '' : `${Math.round((100 * (counts[code] ?? 0)) / all)} %`}</span>
        </td>
      ))}
    </tr>
  );
}
