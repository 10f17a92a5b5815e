import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/phantom/random.ts';
import { openDatabase } from '../../src/store/database.ts';
import { verifyAudit } from '../../src/store/verify-audit.ts';
import { growthProblems, LEAST_RATE, median, ratesAtBothEnds } from './growth.ts';
import { judgeArchive } from './judge-archive.ts';
import { asCsv, asHtml, asTable } from './plot.ts';
import { measureNode, type Sample } from './samples.ts';
import { settled, soakSite } from './soak-site.ts';
import { Traffic } from './traffic.ts';

const USAGE = `Usage: npm run soak [-- --minutes N] [--seed TEXT] [--out FOLDER]
  --minutes  how long there is traffic; default 240. Judging what arrived takes longer the more that is
  --seed     names what happens when; the same seed gives the same order of things
  --out      where samples.csv and soak.html are kept; default data/soak`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '240' },
    seed: { type: 'string', default: 'soak' },
    out: { type: 'string', default: 'data/soak' },
    help: { type: 'boolean', default: false },
  },
});
const SAMPLE_EVERY_MILLISECONDS = 10_000;

/** Mixed traffic through a node as a process of its own; restarts in the first half, so that the second is of one. */
async function soak(minutes: number, out: string): Promise<boolean> {
  const place = await soakSite();
  try {
    const traffic = new Traffic(place, await place.site.start(), seededRandom(values.seed));
    const began = performance.now();
    const until = began + minutes * 60_000;
    const samples: Sample[] = [];
    const sampling = sampleUntil(until, began, { traffic, dataDir: place.site.dataDir, samples });
    await traffic.flow(until, began + minutes * 24_000);
    await sampling;
    await traffic.finish();
    await settled(place.site.dataDir, traffic.instances);
    await traffic.node.stop();
    const { acknowledged, actedOn } = traffic;
    const verdict = await judgeArchive({ folder: place.archiveFolder, acknowledged, actedOn });
    const problems = [...growthProblems(samples), ...traffic.troubles.slice(0, 20)];
    const { start, end } = ratesAtBothEnds(traffic.rates);
    if (end < LEAST_RATE * start) problems.push('the ingest rate fell by more than a tenth');
    if (verdict.acknowledged === 0 || verdict.lost + verdict.doubled + verdict.wrong > 0) {
      problems.push('what was acknowledged is not in the archive as it should be');
    }
    if (!(await auditIsWhole(place.site.dataDir))) problems.push('the audit trail or the database is broken');
    const findings = [
      `${minutes} minutes, seed ${values.seed}; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
      `done: ${JSON.stringify(traffic.done)}`,
      `judged: ${JSON.stringify(verdict)}`,
      `ingest: ${start.toFixed(0)} instances/s at the start, ${end.toFixed(0)} at the end`,
      ...(problems.length === 0 ? ['nothing is wrong'] : problems.map((problem) => `PROBLEM: ${problem}`)),
    ];
    await mkdir(out, { recursive: true });
    await writeFile(join(out, 'samples.csv'), asCsv(samples));
    await writeFile(join(out, 'soak.html'), asHtml(samples, findings));
    const every = Math.ceil(samples.length / 24);
    console.log(asTable(samples.filter((_, i) => i % every === 0 || i === samples.length - 1)));
    console.log(`${findings.join('\n')}\nKept in ${out}`);
    return problems.length === 0;
  } finally {
    await place.close();
  }
}

async function sampleUntil(
  until: number,
  began: number,
  { traffic, dataDir, samples }: { readonly traffic: Traffic; readonly dataDir: string; readonly samples: Sample[] },
): Promise<void> {
  let process = 1;
  let node = traffic.node;
  let rated = 0;
  while (performance.now() < until) {
    await delay(SAMPLE_EVERY_MILLISECONDS);
    if (traffic.node !== node) process += 1;
    node = traffic.node;
    // A node that is being restarted cannot be measured; where it is gone for good the traffic itself fails.
    const measured = await measureNode(node, dataDir).catch(() => undefined);
    if (measured === undefined) continue;
    const seconds = (performance.now() - began) / 1000;
    const instancesPerSecond = median(traffic.rates.slice(rated));
    rated = traffic.rates.length;
    samples.push({ seconds, process, instances: traffic.instances, instancesPerSecond, ...measured });
  }
}

async function auditIsWhole(dataDir: string): Promise<boolean> {
  const db = await openDatabase({ file: join(dataDir, 'node.sqlite'), access: 'reader' });
  try {
    const [integrity] = await db.all<{ integrity_check: string }>('pragma integrity_check');
    return (await verifyAudit(db)).ok && integrity?.integrity_check === 'ok';
  } finally {
    await db.close();
  }
}

const minutes = Number(values.minutes);
if (values.help) console.log(USAGE);
else if (!(minutes > 0)) {
  console.error(USAGE);
  process.exitCode = 2;
} else process.exitCode = (await soak(minutes, resolve(values.out))) ? 0 : 1;
