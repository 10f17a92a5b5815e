import { NodeError } from '../../core/errors.ts';
import { greySamples } from '../../core/rendering/grey-picture.ts';
import { instancesByIds } from '../../store/instances.ts';
import { resultsOfInstances } from '../../store/results.ts';
import type { NodeContext } from '../node-context.ts';
import { isNotShown, withStoredPicture } from './stored-picture.ts';

/**
 * The samples of one picture as `seriesPictures` describes them: row by row, little-endian.
 * @param resultId undefined: as received; a result that is no longer on the disk is derived again
 * @throws NodeError not-found (no such instance, or it cannot be shown), storage-failed, database-failed
 */
export async function picturePixels(
  { instanceId, resultId }: { readonly instanceId: number; readonly resultId?: number | undefined },
  context: Pick<NodeContext, 'db' | 'dataDir'>,
): Promise<Uint8Array> {
  const [instance] = await instancesByIds(context.db, [instanceId]);
  const results = resultId === undefined ? [] : await resultsOfInstances(context.db, [instanceId]);
  const result = results.find(({ id }) => id === resultId);
  if (instance === undefined || (resultId !== undefined && result === undefined)) {
    throw new NodeError('not-found', 'There is no such picture');
  }
  return withStoredPicture({ instance, result }, context, async (stored) => {
    if (isNotShown(stored)) throw new NodeError('not-found', `The picture cannot be shown. ${stored.why}`);
    return greySamples(stored.header, stored.picture, await stored.bytes());
  });
}
