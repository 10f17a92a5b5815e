import type { ActOutcome, ActPreview } from '../../api/reviews.ts';
import { Letters } from '../parts/edge-letters.tsx';
import { OrientationGlyph } from '../parts/orientation-glyph.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { decisionName, many } from '../words.ts';

interface PreviewTableProps {
  readonly previews: readonly ActPreview[];
  readonly labels: ReadonlyMap<number, string>;
}

/** What the act would do to each series. */
export function PreviewTable({ previews, labels }: PreviewTableProps) {
  return (
    <ScrollBox label="What would happen" tall>
      <table>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">What will happen</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Is sent to</th>
          </tr>
        </thead>
        <tbody>
          {previews.map((preview) => (
            <tr key={preview.id} class={preview.possible ? '' : 'off'}>
              <th scope="row">
                <bdi>{labels.get(preview.id) ?? preview.id}</bdi>
              </th>
              <td class="sentence">
                {!preview.possible && <strong class="bad">Not possible. </strong>}
                {preview.why}
                {preview.supersedes !== null && (
                  <span class="soft">
                    {' '}
                    No longer valid in the archives: series <span class="mono">{preview.supersedes}</span>
                  </span>
                )}
              </td>
              <td>
                <State state={preview.before} name="before" />
              </td>
              <td>
                <State state={preview.after} name="after" />
              </td>
              <td>
                {preview.send.length === 0
                  ? 'nobody'
                  : preview.send.map(({ destination, instances }) => (
                      <div key={destination}>
                        <bdi>{destination}</bdi>, {many(instances, 'instance')}
                      </div>
                    ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function State({ state, name }: { readonly state: ActPreview['after']; readonly name: string }) {
  if (state === null) return <span class="soft">–</span>;
  return (
    <div class="act-state">
      <Letters letters={state.letters} name={name} />
      <span>
        {decisionName(state.decision, state.mode)}
        {state.method === 'relabel' && ', header first'}
        {state.observedCode !== null && (
          <>
            <br />
            <OrientationGlyph code={state.observedCode} /> <span class="mono">{state.observedCode}</span>
          </>
        )}
      </span>
    </div>
  );
}

interface OutcomeTableProps {
  readonly outcomes: readonly ActOutcome[];
  readonly labels: ReadonlyMap<number, string>;
}

/** What became of each series; what was not done goes first. */
export function OutcomeTable({ outcomes, labels }: OutcomeTableProps) {
  const ordered = outcomes.toSorted((one, other) => Number(one.done) - Number(other.done));
  return (
    <ScrollBox label="What was done" tall>
      <table>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col">Done</th>
            <th scope="col">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((outcome) => (
            <tr key={outcome.id}>
              <th scope="row">
                <bdi>{labels.get(outcome.id) ?? outcome.id}</bdi>
              </th>
              <td>{outcome.done ? <span class="good">✓ yes</span> : <strong class="bad">✗ no</strong>}</td>
              <td class="sentence">{outcome.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
