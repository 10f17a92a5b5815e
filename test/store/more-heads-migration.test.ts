import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { insertPredictions, predictionRecord, predictionsOfDecision } from '../../src/store/predictions.ts';
import { receivedSeries } from './sample-records.ts';
import { temporaryDatabase, temporaryFile } from './temporary-database.ts';

const FIRST = fileURLToPath(new URL('../../src/store/migrations/0001-first-tables.sql', import.meta.url));

test('a database from before there were more heads keeps its predictions, and takes those without a score', async () => {
  const file = await temporaryFile();
  const folder = join(dirname(file), 'migrations');
  await mkdir(folder);
  await cp(FIRST, join(folder, '0001-first-tables.sql'));
  const first = await temporaryDatabase({ file, migrations: pathToFileURL(`${folder}/`) });
  const { series, instances } = await receivedSeries(first, 2);
  const [one, two] = instances.map(({ id }) => id) as [number, number];
  await first.transaction(async (tx) => {
    await tx.run(
      `insert into decisions (series_id, decided_at, decision, mode, kind, reason, metric_reason, flags_json,
        thresholds_json, software_version) values (?, 1, 'pass-through', 'observe', 'cine', 'r', 'standard', '[]', '{}', '1')`,
      [series.id],
    );
    await tx.run(`insert into predictions values (?, 1, '[1,0,0,0,0,0,0,0]', 0.25, -3.5, 'sha')`, [one]);
  });
  await first.close();

  const database = await temporaryDatabase({ file });
  expect(database.appliedMigrations).toContain('0002-what-more-heads-say.sql');
  const kept = { instanceId: one, decisionId: 1, sax: 0.25, angleDegrees: -3.5, kind: null, quality: null };
  expect(await predictionsOfDecision(database, 1)).toMatchObject([kept]);
  const about = { instanceId: two, decisionId: 1, modelSha256: 'sha' };
  await database.transaction((tx) => insertPredictions(tx, [predictionRecord({ probabilities: [1] }, about)]));
  expect(await predictionsOfDecision(database, 1)).toMatchObject([kept, { instanceId: two, sax: null }]);
  expect(await database.all('pragma foreign_key_check')).toEqual([]);
  const rows = await database.all('select angle_degrees, angle_difference_degrees from decisions');
  expect(rows).toEqual([{ angle_degrees: null, angle_difference_degrees: null }]);
});
