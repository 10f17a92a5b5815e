import type { Picture } from '../../api/series-detail.ts';
import { GivenText } from '../parts/given-text.tsx';
import { Notice } from '../parts/notice.tsx';
import { useAnswer } from '../use-answer.ts';
import { Wide } from './wide.tsx';

interface ChangesProps {
  readonly seriesId: number;
  readonly picture: Picture;
}

/** Every attribute of the shown instance that is not as it was received. */
export function AttributeChanges({ seriesId, picture }: ChangesProps) {
  const { answer, problem, again } = useAnswer('attributeChanges', {
    params: { id: seriesId, instance: picture.instanceId },
  });
  if (problem !== undefined) return <Notice problem={problem} again={again} />;
  if (answer === undefined) return <p role="status">Asking the node …</p>;
  if (answer.changes.length === 0) return <p class="soft">No attribute of this instance is changed.</p>;
  return (
    <Wide name="Attributes">
      <table>
        <caption>
          Instance <span class="mono">{picture.sopInstanceUid}</span>, {answer.changes.length} attributes
        </caption>
        <thead>
          <tr>
            <th scope="col">Attribute</th>
            <th scope="col">As received</th>
            <th scope="col">As it leaves</th>
          </tr>
        </thead>
        <tbody>
          {answer.changes.map(({ tag, keyword, before, after }) => (
            <tr key={tag}>
              <th scope="row">
                {keyword} <span class="mono soft">({tag})</span>
              </th>
              <td>
                <GivenText text={before} width={62} />
              </td>
              <td>
                <GivenText text={after} width={62} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
