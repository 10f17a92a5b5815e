import type { ComponentChildren } from 'preact';
import type { DecisionDetail, SeriesDetail } from '../../api/series-detail.ts';
import type { OrientationCode } from '../../core/orientation/d4.ts';
import { toSecond } from '../moments.ts';
import { Letters } from '../parts/edge-letters.tsx';
import { GivenText } from '../parts/given-text.tsx';
import { Orientation } from '../parts/orientation-glyph.tsx';
import { FLAG_WORDS } from '../words.ts';
import { Copyable } from './copyable.tsx';

interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

export function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The two opinions, and how far they are apart. */
export function Opinions({ decision }: { readonly decision: DecisionDetail }) {
  const { header, picture, settled, probabilities, observedCode, angleDegrees, angleDifferenceDegrees, by } = decision;
  // What a person said has no probability.
  const fused = observedCode === null || by !== null ? undefined : probabilityOf(probabilities, observedCode);
  return (
    <section>
      <h2>Opinions</h2>
      <dl class="fact-list">
        <Fact name="Picture">
          {picture === null ? (
            <span class="soft">none</span>
          ) : (
            <>
              <Orientation code={picture.code} /> with {number(probabilityOf(picture.probabilities, picture.code), 3)}{' '}
              over {picture.positions} slice positions
              {angleDegrees !== null && <>, {degrees(angleDegrees)} from upright</>}
            </>
          )}
        </Fact>
        <Fact name="Header">
          {header === null ? (
            <span class="soft">none: no geometry</span>
          ) : (
            <>
              <Orientation code={header.code} />, {degrees(header.angleDegrees)} from upright, side{' '}
              {number(header.side, 3)}, {degrees(header.geodesicDegrees)} from the usual frame
            </>
          )}
        </Fact>
        <Fact name="They differ by">
          {angleDifferenceDegrees === null ? '–' : degrees(Math.abs(angleDifferenceDegrees))}
        </Fact>
        <Fact name={by === null ? 'Together' : 'A person said'}>
          {observedCode === null ? '–' : <Orientation code={observedCode} />} {fused !== undefined && number(fused, 4)}
        </Fact>
        {settled !== null && (
          <Fact name="The study settled on">
            <Orientation code={settled.code} />, {degrees(settled.geodesicDegrees)} apart
          </Fact>
        )}
        <Fact name="Short axis">{decision.sax === null ? '–' : number(decision.sax, 2)}</Fact>
      </dl>
    </section>
  );
}

/** Each flag with what it means: never a colour alone. */
export function Flags({ flags }: { readonly flags: SeriesDetail['flags'] }) {
  if (flags.length === 0) return null;
  return (
    <ul class="flags" aria-label="Flags">
      {flags.map((flag) => (
        <li key={flag}>
          <span class="tag tag-warn">{FLAG_WORDS[flag].name}</span> {FLAG_WORDS[flag].sentence}
        </li>
      ))}
    </ul>
  );
}

/** With what the decision was made: enough to make it again. */
export function MadeWith({ decision }: { readonly decision: DecisionDetail }) {
  return (
    <section>
      <h2>Decided with</h2>
      <dl class="fact-list">
        <Fact name="By">
          {decision.by === null ? 'the node' : <GivenText text={decision.by} />}, {toSecond(decision.decidedAt)}, mode{' '}
          {decision.mode}
        </Fact>
        <Fact name="Model">
          {decision.modelName ?? '–'} {decision.modelVersion} on {decision.provider ?? '–'}
        </Fact>
        <Fact name="Software">{decision.softwareVersion}</Fact>
        {decision.modelSha256 !== null && (
          <Fact name="Model hash">
            <Copyable text={decision.modelSha256} width={24} />
          </Fact>
        )}
        {decision.manifestSha256 !== null && (
          <Fact name="Manifest hash">
            <Copyable text={decision.manifestSha256} width={24} />
          </Fact>
        )}
      </dl>
      <details>
        <summary>Thresholds</summary>
        <dl class="fact-list">
          {Object.entries(decision.thresholds).map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
      </details>
    </section>
  );
}

export function EdgeFacts({ letters }: Pick<SeriesDetail, 'letters'>) {
  return (
    <div class="edge-facts">
      <Letters letters={letters.received} name="received" />
      <Letters letters={letters.leaving} name="leaving" />
    </div>
  );
}

function probabilityOf(probabilities: readonly number[] | null, code: OrientationCode): number | undefined {
  return probabilities?.[Number.parseInt(code, 2)];
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? '–' : value.toFixed(digits);
}

function degrees(value: number): string {
  return `${value.toFixed(1)}°`;
}
