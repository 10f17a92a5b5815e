import { afterEach, beforeEach, expect, test } from 'vitest';
import { decidedGroup, framesOfOthers } from '../../../src/app/batches/decided-group.ts';
import { judge } from '../../../src/app/decide-group.ts';
import { OpenSeries } from '../../../src/app/open-series.ts';
import { BatchApp } from '../../support/batch-app.ts';
import { smallSax } from '../../support/small-study.ts';

const cine = smallSax('101', { study: 'one', series: 'cine' });
const t2 = smallSax('101', { study: 'one', series: 'T2', sequence: 'T2' });

let it: BatchApp;
beforeEach(async () => {
  it = await BatchApp.start();
  for (const series of [cine, t2]) {
    it.classifier.tell(series, '101');
    await it.app.receive(series);
    await it.app.settled();
  }
});
afterEach(() => it.close());

/** How many frames of other series are evidence where a series is decided again. */
async function frames(seriesId: number): Promise<number> {
  const { context } = it.app;
  const { members } = await decidedGroup(seriesId, context);
  const judged = await Promise.all(
    members.map(({ series, instances }) => {
      const open = new OpenSeries(series, context.settings.kindRules);
      open.instances.push(...instances);
      return judge(open, context);
    }),
  );
  return (await framesOfOthers(members, judged, context)).length;
}

test('of two stacks of a study, the first decided is evidence for the second and never the other way round', async () => {
  const [first, second] = await it.app.db.all<{ id: number }>('select id from series order by id');
  const order = async () => [await frames(first?.id ?? 0), await frames(second?.id ?? 0)];
  expect(await order()).toEqual([0, 1]);
  it.classifier.tell(cine, '000');
  await it.done({ action: 'decide-again', filter: { series: cine[0]?.seriesInstanceUid } });
  it.classifier.tell(cine, '101');
  await it.done({ action: 'decide-again', filter: { series: cine[0]?.seriesInstanceUid } });
  expect((await it.app.decisions()).map(({ decision }) => decision)).toHaveLength(4);
  expect(await order()).toEqual([0, 1]);
});
