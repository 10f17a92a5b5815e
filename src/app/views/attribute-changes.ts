import type { AttributeChanges } from '../../api/series-detail.ts';
import { NodeError } from '../../core/errors.ts';
import { attributeDifferences } from '../../part10/attribute-differences.ts';
import { DataSet } from '../../part10/data-set.ts';
import { encodingOf } from '../../part10/transfer-syntax.ts';
import { instancesByIds } from '../../store/instances.ts';
import { standingResults } from '../../store/results.ts';
import type { NodeContext } from '../node-context.ts';
import { openRetained } from '../retained-file.ts';

/**
 * What differs between an instance as received and its result that stands, attribute by attribute; nothing where it was
 * not turned.
 * @throws NodeError not-found (no such instance of the series, or its bytes are gone), storage-failed, database-failed
 */
export async function attributeChanges(
  { seriesId, instanceId }: { readonly seriesId: number; readonly instanceId: number },
  context: Pick<NodeContext, 'db' | 'dataDir'>,
): Promise<AttributeChanges> {
  const { db } = context;
  const [instance] = await instancesByIds(db, [instanceId]);
  if (instance?.seriesId !== seriesId) throw new NodeError('not-found', 'There is no such instance of the series');
  const result = (await standingResults(db, seriesId)).findLast((one) => one.instanceId === instanceId);
  if (result === undefined) return { sopInstanceUid: null, changes: [] };
  const before = await wholeDataSet({ ...instance, instanceId, resultId: null }, context);
  const after = await wholeDataSet({ ...instance, ...result, resultId: result.id }, context);
  return { sopInstanceUid: result.sopInstanceUid, changes: attributeDifferences(before, after) };
}

async function wholeDataSet(
  record: Parameters<typeof openRetained>[0],
  context: Pick<NodeContext, 'db' | 'dataDir'>,
): Promise<DataSet> {
  const encoding = encodingOf(record.transferSyntaxUid);
  const file = await openRetained(record, context);
  if (file === undefined || encoding === undefined) {
    throw new NodeError('not-found', 'The bytes of the instance are not on the disk any more');
  }
  try {
    const bytes = await file.read(file.dataSetOffset, file.length - file.dataSetOffset);
    return DataSet.read(bytes, encoding);
  } finally {
    await file.close();
  }
}
