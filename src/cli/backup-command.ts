import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { type BackupManifest, makeBackup } from '../app/backup/make-backup.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { type DatabaseCommandOptions, databaseOptions, withDatabase } from './database-commands.ts';
import { EXIT } from './exit-codes.ts';
import { userName } from './user-name.ts';

interface BackupOptions extends DatabaseCommandOptions {
  readonly withFiles?: boolean;
}

const MOST_NAMED = 10;
const MORE = `
<out>/node.sqlite is the database as it was at one moment, <out>/files.jsonl lists the files that it refers to, and
<out>/manifest.json says what there is. With --with-files they lie in <out>/spool and <out>/results: as second names of the
same files (hard links) where <out> is on the disk of the data folder, which takes no room and does not survive that disk.
To restore, stop the node, put node.sqlite, spool and results into its data folder, remove node.sqlite-wal and
node.sqlite-shm there, and start it.`;

/** `backup`: a copy to go back to, made while the node runs. */
export function backupCommand(finish: (work: Promise<number>) => Promise<void>): Command {
  return databaseOptions(new Command('backup'))
    .description('Copies what a node has on record, and looks whether the copy is whole. The node may be running.')
    .argument('<out>', 'folder for it, empty or not there yet')
    .option('--with-files', 'also what was received and derived')
    .option('--json', 'as JSON')
    .action((out: string, options: BackupOptions) => finish(backup(out, options)))
    .addHelpText('after', MORE);
}

/** @returns EXIT.unreadInput where a file is missing or is not what is on record; everything else is in the backup */
function backup(out: string, options: BackupOptions): Promise<number> {
  return withDatabase(options, 'guest', async (db) => {
    const order = {
      folder: resolve(out),
      withFiles: options.withFiles === true,
      softwareVersion: SOFTWARE_VERSION,
      by: userName() || 'backup',
    };
    const manifest = await makeBackup(order, { db, dataDir: dirname(db.file), now: Date.now });
    process.stdout.write(options.json === true ? `${JSON.stringify(manifest, null, 2)}\n` : inWords(manifest, out));
    return manifest.faulty.length === 0 ? EXIT.ok : EXIT.unreadInput;
  });
}

function inWords({ database, auditEntries, withFiles, files, bytes, faulty }: BackupManifest, out: string): string {
  return [
    `Database    ${megabytes(database.bytes)} in ${out}, whole; ${auditEntries} entries of the audit trail, whole`,
    `Files       ${files}, ${megabytes(bytes)}: ${withFiles ? 'in the backup' : 'listed, not copied (--with-files)'}`,
    ...faulty.slice(0, MOST_NAMED).map((file) => `Faulty      ${file} is missing or is not what is on record`),
    ...(faulty.length > MOST_NAMED ? [`Faulty      … ${faulty.length} in all: see manifest.json`] : []),
    '',
  ].join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
