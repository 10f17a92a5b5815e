import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { reviewedPictures } from '../app/reviewed-pictures.ts';
import { NodeError } from '../core/errors.ts';
import { writeReviewedFolder } from '../labelled/write-reviewed-folder.ts';
import { appendAudit } from '../store/audit.ts';
import { type DatabaseCommandOptions, databaseOptions, withDatabase } from './database-commands.ts';
import { EXIT } from './exit-codes.ts';
import { actingPerson } from './user-name.ts';

export interface LabelsExportOptions extends DatabaseCommandOptions {
  readonly by?: string | undefined;
}

/** `cmr-node labels export`: what persons said in review, as a labelled folder to train on and to measure with. */
export async function labelsExport(folder: string, { by, ...options }: LabelsExportOptions): Promise<number> {
  const out = resolve(folder);
  if (existsSync(out)) throw new NodeError('bad-request', 'it is there already', { subject: { file: out } });
  const actor = actingPerson(by);
  return withDatabase(options, 'guest', async (db, { inference }) => {
    const context = { db, dataDir: dirname(db.file) };
    const written = await writeReviewedFolder(out, reviewedPictures(context, inference.phasesPerPosition));
    await db.transaction(async (tx) => {
      const entry = { at: Date.now(), event: 'labels-exported', actor, subject: {}, detail: { ...written } };
      await appendAudit(tx, [entry]);
    });
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(written)}\n`
        : `${written.pictures} pictures of ${written.series} reviewed series in ${out}.\n`,
    );
    return EXIT.ok;
  });
}

/** `labels export`. */
export function labelsCommand(
  finish: (work: Promise<number>) => Promise<void>,
  taught: (command: Command, path: string) => Command,
): Command {
  const command = databaseOptions(new Command('export'))
    .argument('<out>', 'new folder for labels.csv and the pictures')
    .description(
      'Writes the series whose orientation a person told in review as a labelled folder, for adapt and evaluate. The node may be running.',
    )
    .option('--by <name>', 'who, for the audit trail; without it the name of the user who runs this')
    .option('--json', 'as JSON')
    .action((out: string, options: LabelsExportOptions) => finish(labelsExport(out, options)));
  return new Command('labels')
    .description('labels export: reviewed series as training data')
    .addCommand(taught(command, 'labels export'));
}
