import { parseArgs } from 'node:util';
import { seededRandom } from '../../src/phantom/random.ts';
import { isGood, type Judgement } from './chaos-site.ts';
import { type Extent, FAULTS, type Fault } from './faults.ts';

const USAGE = `Usage: npm run chaos [-- --kills N] [--seed TEXT] [--only WORDS] [--short]
  --kills   how often the node is killed at a random moment; default 200
  --seed    names the moments; the same seed gives the same ones
  --only    only faults whose name contains these words
  --at-once how many faults at the same time, each with a node of its own; default 2
  --short   few of everything: what every change is checked with`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    seed: { type: 'string', default: 'chaos' },
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '2' },
    short: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Breaks the node in every way there is, one after the other, and prints what became of what it had acknowledged. */
async function chaos(): Promise<boolean> {
  const kills = Number(values.kills ?? (values.short ? 8 : 200));
  const killsAtStep = values.short ? 1 : 4;
  const faults = FAULTS.filter(({ name }) => name.includes(values.only));
  console.log('| Fault | times | acknowledged | turned, with repeats | lost | doubled | wrong | audit |');
  console.log('|---|---|---|---|---|---|---|---|');
  let good = faults.length > 0;
  const waiting = [...faults];
  const work = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const { line, good: well } = await outcome(fault, { kills, killsAtStep });
      console.log(line);
      good &&= well;
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, work));
  return good;
}

async function outcome(
  fault: Fault,
  extent: Omit<Extent, 'random'>,
): Promise<{ readonly line: string; readonly good: boolean }> {
  if (fault.hindrance !== undefined) return { line: `| ${fault.name} | left out: ${fault.hindrance} |`, good: true };
  try {
    const judged = await fault.run({ ...extent, random: seededRandom(`${values.seed} ${fault.name}`) });
    return { line: row(fault.name, judged), good: isGood(judged) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { line: `| ${fault.name} | failed: ${why} |`, good: false };
  }
}

function row(name: string, judged: Judgement & { readonly times: number }): string {
  const { times, acknowledged, turned, lost, doubled, wrong, auditIsWhole } = judged;
  const cells = [name, times, acknowledged, turned, lost, doubled, wrong, auditIsWhole ? 'whole' : 'BROKEN'];
  return `| ${cells.join(' | ')} |`;
}

if (values.help) console.log(USAGE);
else process.exitCode = (await chaos()) ? 0 : 1;
