import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ESTIMATED_BYTES_AN_INSTANCE, seedDatabase } from './seeded-database.ts';

const USAGE = `Usage: npm run seed-database -- --data-dir FOLDER [--instances N]
  --data-dir  an empty folder, or one that is not there yet
  --instances how many the record is to hold; default 10000000`;

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '10000000' },
    'data-dir': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function seed(dataDir: string, instances: number): Promise<void> {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  const { bavail, bsize } = await statfs(dirname(dataDir));
  const expected = instances * ESTIMATED_BYTES_AN_INSTANCE;
  console.log(
    `${instances} instances in ${dataDir}: about ${gigabytes(expected)}; free are ${gigabytes(bavail * bsize)}.`,
  );
  // The write-ahead log of the first transaction comes on top.
  if (expected * 1.5 > bavail * bsize) throw new Error('there is not enough room');
  let said = 0;
  const made = await seedDatabase({ dataDir, instances }, (count) => {
    if (count - said < instances / 10) return;
    said = count;
    console.log(`  ${count}`);
  });
  console.log(
    `${made.instances} instances in ${made.series} series: ${gigabytes(made.bytes)}, ${made.seconds.toFixed(0)} seconds.`,
  );
}

const instances = Number(values.instances);
if (values.help) console.log(USAGE);
else if (values['data-dir'] === undefined || !Number.isInteger(instances) || instances < 1) {
  console.error(USAGE);
  process.exitCode = 2;
} else await seed(resolve(values['data-dir']), instances);
