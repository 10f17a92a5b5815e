import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SeededRandom, seededRandom } from '../../src/phantom/random.ts';

/** One place where bytes come in from outside. */
export interface FuzzTarget {
  readonly name: string;
  /** An input made by chance; everything that is tried is bytes, so that it can be kept in a file. */
  readonly input: (random: SeededRandom) => Buffer;
  readonly open: () => Promise<UnderFire>;
}

/** What takes the inputs of one target. */
export interface UnderFire {
  /** @throws where a property does not hold for this input */
  feed(input: Buffer): Promise<void>;
  /** @throws where a property of all that was fed does not hold */
  close(): Promise<void>;
}

export interface FuzzOptions {
  readonly seconds: number;
  readonly seed: string;
  /** Where inputs are kept that break something. */
  readonly folder: string;
  readonly atMost?: number;
}

export interface FuzzResult {
  readonly target: string;
  readonly inputs: number;
  readonly findings: readonly Finding[];
}

export interface Finding {
  readonly what: string;
  /** The input, and how to run it again; none where only all inputs together did it. */
  readonly file?: string;
}

const MOST_FINDINGS = 5;

/** Feeds inputs that follow from the seed until the time is over, and says what they broke. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzResult> {
  const underFire = await target.open();
  const until = performance.now() + options.seconds * 1000;
  const { atMost = Number.POSITIVE_INFINITY } = options;
  const findings: Finding[] = [];
  const current = join(options.folder, `${target.name}-current.bin`);
  await mkdir(options.folder, { recursive: true });
  let inputs = 0;
  for (; inputs < atMost && performance.now() < until && findings.length < MOST_FINDINGS; inputs++) {
    const input = target.input(seededRandom(`${options.seed} ${target.name} ${inputs}`));
    // What hangs can only be killed, and is found here then.
    await writeFile(current, input);
    const what = await failureOf(underFire.feed(input));
    if (what !== undefined) findings.push({ what, file: await kept(input, `${target.name}-${inputs}`, options) });
  }
  const atEnd = await failureOf(underFire.close());
  await rm(current, { force: true });
  return { target: target.name, inputs, findings: atEnd === undefined ? findings : [...findings, { what: atEnd }] };
}

/** One input once more. */
export async function replay(target: FuzzTarget, input: Buffer): Promise<string | undefined> {
  const underFire = await target.open();
  const what = await failureOf(underFire.feed(input));
  return what ?? (await failureOf(underFire.close()));
}

export function howToRepeat(target: string, file: string): string {
  return `npm run fuzz -- --only ${target} --input ${file}`;
}

async function failureOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

async function kept(input: Buffer, name: string, { folder, seed }: FuzzOptions): Promise<string> {
  const file = join(folder, `${name}-${seed.replace(/\W/g, '_')}.bin`);
  await writeFile(file, input);
  return file;
}
