import { constants } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { DeliveryOutcome, OutgoingInstance } from '../app/ports.ts';
import type { Config } from '../config/config-schema.ts';
import { NodeError } from '../core/errors.ts';
import { GREATEST_FILE_META_LENGTH, readFileMeta } from '../part10/read-file-meta.ts';
import { leaveQuarantine, listQuarantine, type QuarantinedBytes } from '../spool/quarantine.ts';
import { appendAudit } from '../store/audit.ts';
import { commandConfig } from './command-config.ts';
import { type DatabaseCommandOptions, databaseOptions, withDatabase } from './database-commands.ts';
import { EXIT } from './exit-codes.ts';
import { actingPerson } from './user-name.ts';

interface ReleaseOptions extends DatabaseCommandOptions {
  readonly to?: string | undefined;
  readonly reason: string;
  readonly by?: string | undefined;
}

type Finish = (work: Promise<number>) => Promise<void>;
type Taught = (command: Command, path: string) => Command;

const MORE = `
Without --to the running node is offered the bytes again by C-STORE, in the name of their sender: what it takes now leaves
the quarantine, what it refuses again stays there, and is there once more with the reason of today. Each release gets an
entry in the audit trail.`;

/** `quarantine list` and `quarantine release`: what was refused, and another try for it. */
export function quarantineCommand(finish: Finish, taught: Taught): Command {
  const list = databaseOptions(new Command('list'))
    .description('Lists what was refused, and why. The node may be running.')
    .option('--json', 'as JSON')
    .action((options: DatabaseCommandOptions) => finish(listed(options)));
  const release = databaseOptions(new Command('release'))
    .description('Offers refused bytes to the running node again, or writes them to a folder.')
    .argument('<names...>', 'as quarantine list tells them')
    .option('--to <folder>', 'write them here as Part 10 files instead; they stay in quarantine')
    .requiredOption('--reason <text>', 'why, for the audit trail (name no patient)')
    .option('--by <name>', 'who, for the audit trail; without it the name of the user who runs this')
    .action((names: readonly string[], options: ReleaseOptions) => finish(released(names, options)))
    .addHelpText('after', MORE);
  return new Command('quarantine')
    .description('quarantine list, quarantine release: what was refused, and another try for it.')
    .addCommand(taught(list, 'quarantine list'))
    .addCommand(taught(release, 'quarantine release'));
}

const folderOf = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(resolve(dataDir), 'quarantine');

async function listed({ config, dataDir, json }: DatabaseCommandOptions): Promise<number> {
  const all = await listQuarantine(folderOf(commandConfig(config, dataDir)));
  const rows = all.map(({ name, bytes, reason }) => ({ name, bytes, ...reason }));
  process.stdout.write(json === true ? `${JSON.stringify(rows, null, 2)}\n` : all.map(lineOf).join(''));
  return EXIT.ok;
}

function lineOf({ name, bytes, reason }: QuarantinedBytes): string {
  const { via = '', callingAeTitle = '' } = reason?.announced ?? {};
  const why = reason === undefined ? 'no reason is with it: set aside at a start' : `${reason.code}: ${reason.message}`;
  return `${name}  ${bytes} bytes  ${via} ${printable(callingAeTitle)}  ${printable(why)}\n`;
}

/** A terminal must not do what a sender wrote. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** @returns EXIT.failed where the node refused one again */
function released(names: readonly string[], options: ReleaseOptions): Promise<number> {
  const { to, reason } = options;
  if (reason.trim() === '') throw new NodeError('bad-request', 'say why with --reason');
  const by = actingPerson(options.by);
  return withDatabase(options, 'guest', async (db, config) => {
    const all = new Map((await listQuarantine(folderOf(config))).map((one) => [one.name, one]));
    const chosen = names.map((name) => all.get(name) ?? notThere(name));
    let refused = 0;
    for (const one of chosen) {
      const why = to === undefined ? await offered(one, config) : await copied(one, to);
      const outcome = to !== undefined ? 'copied' : why === undefined ? 'taken' : 'refused';
      const subject = { sopInstanceUid: one.reason?.announced.sopInstanceUid ?? '' };
      const detail = { name: one.name, code: one.reason?.code ?? null, outcome, because: reason.trim() };
      const entry = { at: Date.now(), event: 'quarantine-released', actor: by, subject, detail };
      await db.transaction((tx) => appendAudit(tx, [entry]));
      if (outcome === 'taken') await leaveQuarantine(one);
      if (outcome === 'refused') refused += 1;
      process.stdout.write(`${one.name}: ${outcome}${why === undefined ? '' : `: ${printable(why)}`}\n`);
    }
    return refused === 0 ? EXIT.ok : EXIT.failed;
  });
}

function notThere(name: string): never {
  throw new NodeError('not-found', 'this is not in quarantine', { subject: { file: name } });
}

async function copied({ name, path }: QuarantinedBytes, folder: string): Promise<undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const target = join(folder, `${name}.dcm`);
  await copyFile(path, target, constants.COPYFILE_EXCL).catch((cause: unknown) => {
    throw new NodeError('storage-failed', 'it cannot be written', { subject: { file: target }, cause });
  });
}

/** Why the node did not take it, or undefined. */
async function offered(one: QuarantinedBytes, { dimse }: Config): Promise<string | undefined> {
  const instance = await outgoing(one);
  // Only this needs the network.
  const { dimseDestination } = await import('../dimse/storage-scu.ts');
  const node = dimseDestination({
    name: 'node',
    host: dimse.host === '0.0.0.0' || dimse.host === '::' ? 'localhost' : dimse.host,
    port: dimse.port,
    calledAeTitle: dimse.aeTitle,
    callingAeTitle: instance.callingAeTitle || dimse.aeTitle,
    concurrency: 1,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  let outcome: DeliveryOutcome | undefined;
  try {
    await node.deliver([instance], (_index, told) => {
      outcome = told;
    });
  } finally {
    await node.close();
  }
  if (outcome === undefined) return 'the node gave no answer';
  return outcome.stored ? undefined : outcome.reason;
}

async function outgoing({ name, path, bytes }: QuarantinedBytes): Promise<OutgoingInstance> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(Math.min(bytes, GREATEST_FILE_META_LENGTH));
    await file.read(head, 0, head.length, 0);
    const found = readFileMeta(head);
    if (found === undefined || found.meta.sopClassUid === '' || found.meta.sopInstanceUid === '') {
      throw new NodeError('not-an-instance', 'nothing says what this is: look at it with --to', {
        subject: { file: name },
      });
    }
    const { meta, dataSetOffset } = found;
    const dataSetLength = bytes - dataSetOffset;
    return { ...meta, file: path, dataSetOffset, dataSetLength, callingAeTitle: meta.sendingAeTitle ?? '' };
  } finally {
    await file.close();
  }
}
