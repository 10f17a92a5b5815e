/** Commits one instance, writes more in a transaction that does not end, says so, and waits to be killed. */
import { openDatabase } from '../../src/store/database.ts';
import { insertInstances } from '../../src/store/instances.ts';
import { newInstance, newSeries } from './sample-records.ts';

const database = await openDatabase({ file: process.argv[2]! });
const series = await database.transaction(async (tx) => {
  const made = await newSeries(tx);
  await insertInstances(tx, [newInstance(made, 1)]);
  return made;
});
await database.transaction(async (tx) => {
  const rows = Array.from({ length: 5000 }, (_, n) => newInstance(series, n + 2));
  await insertInstances(tx, rows);
  process.stdout.write('in the middle\n');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
