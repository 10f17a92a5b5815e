import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { MODULE_TARGETS } from './module-targets.ts';
import { NODE_TARGETS } from './node-targets.ts';
import { NodeUnderFire } from './node-under-fire.ts';
import { SLOW_PEERS } from './slow-peers.ts';
import { fuzz, howToRepeat, replay } from './target.ts';

const TARGETS = [...MODULE_TARGETS, ...NODE_TARGETS];
const USAGE = `Usage: npm run fuzz [-- --seconds N] [--seed TEXT] [--only TARGET] [--input FILE]
  --seconds  for each target; default 60
  --seed     names the inputs; the same seed gives the same ones; default: the time
  --only     one of ${TARGETS.map(({ name }) => name).join(', ')}, slow-peers
  --input    only this one input, kept by an earlier run
  --folder   where inputs are kept that break something; the one that is being tried is TARGET-current.bin;
             default: fuzz-findings`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: new Date().toISOString() },
    only: { type: 'string' },
    input: { type: 'string' },
    folder: { type: 'string', default: 'fuzz-findings' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<boolean> {
  const { only, input } = values;
  const targets = TARGETS.filter(({ name }) => only === undefined || name === only);
  if (input !== undefined) {
    const [target] = targets;
    const what = only === undefined || target === undefined ? USAGE : await replay(target, await readFile(input));
    console.log(what ?? 'All is well.');
    return what === undefined;
  }
  const slow = only === undefined || only === 'slow-peers';
  if (targets.length === 0 && !slow) throw new Error(USAGE);
  console.log(`Seed: ${values.seed}`);
  let good = true;
  for (const target of targets) {
    const result = await fuzz(target, { seconds: Number(values.seconds), seed: values.seed, folder: values.folder });
    console.log(`${target.name}: ${result.inputs} inputs, ${result.findings.length} findings`);
    for (const { what, file } of result.findings) {
      console.log(`  ${what}${file === undefined ? '' : `\n  ${howToRepeat(target.name, file)}`}`);
    }
    good &&= result.findings.length === 0;
  }
  return (slow ? await slowPeers() : true) && good;
}

async function slowPeers(): Promise<boolean> {
  let good = true;
  for (const { name, run } of SLOW_PEERS) {
    const underFire = await NodeUnderFire.start();
    const what = await run(underFire).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const atEnd = await underFire.close().then(
      () => undefined,
      (error: Error) => error.message,
    );
    console.log(`${name}: ${what ?? atEnd ?? 'well'}`);
    good &&= what === undefined && atEnd === undefined;
  }
  return good;
}

if (values.help) console.log(USAGE);
else process.exitCode = (await main()) ? 0 : 1;
