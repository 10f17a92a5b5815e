import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './growth.ts';
import { INSTANCES_A_STUDY, madeUpStudy } from './made-up-traffic.ts';
import { sendByStore } from './scanner.ts';
import { settled, soakSite } from './soak-site.ts';

const USAGE = `Usage: npm run compare-ingest -- --data-dir FOLDER [--rounds N]
  --data-dir  what npm run seed-database made; it grows by what is sent
  --rounds    studies to each of the two nodes; default 40, after five that do not count`;

const { values } = parseArgs({
  options: { 'data-dir': { type: 'string' }, rounds: { type: 'string', default: '40' }, help: { type: 'boolean' } },
});
const ROUNDS_TO_WARM_UP = 5;

/** Two nodes at once, one on an empty database, get the same studies in turn, each when nothing else is under way. */
async function compare(dataDir: string, rounds: number): Promise<boolean> {
  const empty = await soakSite();
  const seeded = await soakSite({ dataDir });
  try {
    const first = Date.now() % 1e9;
    const nodes = [];
    for (const [one, folder] of [
      [empty, empty.site.dataDir],
      [seeded, dataDir],
    ] as const) {
      const began = performance.now();
      const node = await one.site.start();
      nodes.push({ node, folder, site: one.site, rates: [] as number[] });
      console.log(`${folder}: ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    }
    for (let round = 0; round < rounds + ROUNDS_TO_WARM_UP; round++) {
      const study = madeUpStudy(first + round);
      for (const { node, folder, site, rates } of round % 2 === 0 ? nodes : nodes.toReversed()) {
        const { acknowledged, seconds } = await sendByStore(node, study, join(site.folder, 'sent'));
        if (acknowledged.length < INSTANCES_A_STUDY) throw new Error(`${folder} did not take all`);
        if (round >= ROUNDS_TO_WARM_UP) rates.push(INSTANCES_A_STUDY / seconds);
        await settled(folder);
      }
    }
    const [without = 0, withIt = 0] = nodes.map(({ rates }) => median(rates));
    console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, ${rounds} studies of ${INSTANCES_A_STUDY}:`);
    console.log(`empty  ${without.toFixed(0)} instances/s\nseeded ${withIt.toFixed(0)} instances/s`);
    console.log(
      `${((100 * withIt) / without).toFixed(1)} % of the rate with an empty database; at least 90 % must be.`,
    );
    for (const { node } of nodes) await node.stop();
    return withIt >= 0.9 * without;
  } finally {
    await empty.close();
    await seeded.close();
  }
}

if (values.help) console.log(USAGE);
else if (values['data-dir'] === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else process.exitCode = (await compare(resolve(values['data-dir']), Number(values.rounds))) ? 0 : 1;
