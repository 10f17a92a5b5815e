import { mkdir, statfs, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/phantom/random.ts';
import { openDatabase } from '../../src/store/database.ts';
import { verifyAudit } from '../../src/store/verify-audit.ts';
import { growthProblems, LEAST_RATE, median, ratesAtBothEnds } from './growth.ts';
import { judgeArchive } from './judge-archive.ts';
import { asCsv, asHtml, asTable } from './plot.ts';
import { folderMeasure, measureNode, type Sample } from './samples.ts';
import { settled, soakSite } from './soak-site.ts';
import { Traffic } from './traffic.ts';

const USAGE = `Usage: npm run soak [-- --minutes N] [--seed TEXT] [--out FOLDER]
  --minutes  how long there is traffic; default 60. Judging what arrived comes on top
  --seed     names what happens when; the same seed gives the same order of things
  --out      where samples.csv and soak.html are kept; default data/soak`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: 'soak' },
    out: { type: 'string', default: 'data/soak' },
    help: { type: 'boolean', default: false },
  },
});
const SAMPLE_EVERY_MILLISECONDS = 10_000;
/** Restarts end before the half, so that the second one is of one process, warm already. */
const RESTARTS_MILLISECONDS_A_MINUTE = 24_000;
/** Seen: 200 MB at 31 instances a second, in the data folder and in the archive; a faster machine takes more. */
const BYTES_A_MINUTE = 300e6;

/** Mixed traffic through a node as a process of its own, which is then judged by what it did and what it took. */
async function soak(minutes: number, out: string): Promise<boolean> {
  await refuseWithoutRoom(minutes);
  const place = await soakSite();
  try {
    const traffic = new Traffic(place, await place.site.start(), seededRandom(values.seed));
    const began = performance.now();
    const until = began + minutes * 60_000;
    const samples: Sample[] = [];
    const flowing = new AbortController();
    const sampling = keepSampling({ traffic, dataDir: place.site.dataDir, samples, began, signal: flowing.signal });
    await traffic.flow(until, began + minutes * RESTARTS_MILLISECONDS_A_MINUTE).finally(() => flowing.abort());
    await sampling;
    await traffic.finish();
    await settled(place.site.dataDir);
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

async function keepSampling({
  traffic,
  dataDir,
  samples,
  began,
  signal,
}: {
  readonly traffic: Traffic;
  readonly dataDir: string;
  readonly samples: Sample[];
  readonly began: number;
  readonly signal: AbortSignal;
}): Promise<void> {
  const measureFolder = folderMeasure(dataDir);
  let process = 1;
  let node = traffic.node;
  let rated = 0;
  for (;;) {
    await delay(SAMPLE_EVERY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    if (traffic.node !== node) process += 1;
    node = traffic.node;
    // A node that is being restarted cannot be measured; where it is gone for good the traffic itself fails.
    const measured = await measureNode(node, dataDir).catch(() => undefined);
    if (measured === undefined) continue;
    const seconds = (performance.now() - began) / 1000;
    const instancesPerSecond = median(traffic.rates.slice(rated));
    rated = traffic.rates.length;
    const folder = await measureFolder();
    samples.push({ seconds, process, instances: traffic.instances, instancesPerSecond, ...measured, ...folder });
  }
}

async function refuseWithoutRoom(minutes: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const [needs, free] = [minutes * BYTES_A_MINUTE, bavail * bsize].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
  console.log(`${minutes} minutes need about ${needs} below ${tmpdir()}, until the end; free are ${free}.`);
  if (minutes * BYTES_A_MINUTE > bavail * bsize) throw new Error('there is not enough room');
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
