import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../core/errors.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { adaptCommand } from './adapt-command.ts';
import { backupCommand } from './backup-command.ts';
import {
  auditVerify,
  type DatabaseCommandOptions,
  databaseOptions,
  MOST_LISTED,
  migrate,
  type StatusOptions,
  status,
} from './database-commands.ts';
import { evaluateCommand } from './evaluate-command.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { type InspectOptions, inspect } from './inspect.ts';
import { exportTensorsCommand } from './labelled-commands.ts';
import { labelsCommand } from './labels-export.ts';
import { quarantineCommand } from './quarantine-command.ts';
import { resendCommand } from './resend-command.ts';
import { reviewCommand } from './review-command.ts';
import { seriesFilterOptions } from './series-filter-options.ts';
import type { ServeOptions } from './serve.ts';
import { type StandardizeOptions, standardize } from './standardize.ts';
import { usersCommand } from './users-commands.ts';

type Finish = (work: Promise<number>) => Promise<void>;

const EXIT_CODES = `
Exit codes:
  0   done
  1   failed
  2   wrong usage
  65  some input could not be read; everything else was done
  78  the configuration or the model is wrong, or the database is lost
  130 interrupted by Ctrl-C or SIGTERM`;

const EXAMPLES = `
Examples:
  cmr-node serve --demo                     a node with a made-up study, on this machine only
  cmr-node serve --config site.yaml         a site's node
  cmr-node standardize scans/ out/ --dry-run --report csv --report-file plan.csv
                                            what would be turned, without writing a picture
  cmr-node standardize scans/ out/          every file of scans/ once in out/: turned, or as it came
  cmr-node inspect slice.dcm                what one file is and what would be done with it
  cmr-node inspect --config site.yaml       the configuration that is in effect
  cmr-node status --config site.yaml        what a node received, decided and delivered
  cmr-node status --review needed           the series that wait for a person
  cmr-node resend --study 1.2.3 --dry-run   what of a study would be sent again
  cmr-node audit verify                     is the audit trail whole
  cmr-node backup /backup/today             a copy to go back to, while the node runs`;

const STANDARDIZE_EXAMPLES = `
Examples:
  cmr-node standardize scans/ out/ --dry-run --report csv --report-file plan.csv
                                            a look first: nothing is written but the plan
  cmr-node standardize scans/ out/ --report json > report.json
  cmr-node standardize lge.nii.gz out/ --kind LGE
                                            a file whose name does not tell the kind

What people read goes to standard error, the report alone to standard output. Ctrl-C leaves nothing half written.`;

const VERBOSE = 'also tell which execution providers (cuda, webgpu) cannot be used, and why';

/**
 * Runs one command.
 * @returns the exit code
 */
export async function runCommand(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const finish = (work: Promise<number>): Promise<void> =>
    work.then((result) => {
      code = result;
    });
  try {
    await program(finish).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrongUsage;
    process.stderr.write(`cmr-node: ${messageOf(error)}\n`);
    return exitCodeOf(error);
  }
}

function program(finish: Finish): Command {
  const root = new Command('cmr-node')
    .description('Recognises and standardizes the orientation of cardiac short-axis MR series.')
    .version(SOFTWARE_VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(cmr-node --help tells more)')
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES}`);
  for (const command of [
    serveCommand,
    standardizeCommand,
    inspectCommand,
    statusCommand,
    resendCommand,
    reviewCommand,
    auditCommand,
    migrateCommand,
    backupCommand,
    (done: Finish) => quarantineCommand(done, taught),
    (done: Finish) => labelsCommand(done, taught),
    (done: Finish) => usersCommand(done, taught),
    exportTensorsCommand,
    adaptCommand,
    evaluateCommand,
  ]) {
    root.addCommand(taught(command(finish)));
  }
  return root;
}

/** What every command says of itself at the end of its help, and where it was called wrongly. */
function taught(command: Command, path = command.name()): Command {
  return command
    .exitOverride()
    .showHelpAfterError(`(cmr-node ${path} --help tells more)`)
    .addHelpText('after', EXIT_CODES);
}

function serveCommand(finish: Finish): Command {
  return new Command('serve')
    .description('Runs the node until Ctrl-C: receives, recognises, turns, proves, records, forwards.')
    .option('--config <file>', "a site's configuration; without it the defaults: this machine only")
    .option('--demo', 'send a made-up study through it first; never where a configuration or a destination is given')
    .option('--new-database', 'once, where the database is lost: take what is in the spool for new')
    .action((options: ServeOptions) =>
      // Only this command needs the network: the others start without loading it.
      finish(import('./serve.ts').then(({ serve }) => serve(options)).then(() => EXIT.ok)),
    )
    .addHelpText(
      'after',
      `
The configuration is one YAML file over config/default.yaml, which explains every key. A wrong one is refused with
all its faults before a port opens. Log lines go to standard error, one JSON object a line.`,
    );
}

function inspectCommand(finish: Finish): Command {
  return new Command('inspect')
    .description(
      'Tells what one file is, and what would be done with it by itself. Without a file: the configuration that is in effect, without secrets. Writes nothing.',
    )
    .addArgument(new Argument('[file]', 'DICOM, .nii or .nii.gz'))
    .option('--json', 'as JSON')
    .addOption(missingGeometry())
    .addOption(kindOption())
    .option('--model <name>', 'recognise with this model instead of the configured one')
    .option('--config <file>', "a site's configuration: rules, thresholds, model")
    .option('--verbose', VERBOSE)
    .action((file: string | undefined, options: InspectOptions) =>
      finish(inspect(file, { ...options, json: options.json === true })),
    )
    .addHelpText(
      'after',
      `
One file is little to go by: a single slice passes through unless an honest header says the same as its picture. What
becomes of a whole series: cmr-node standardize FOLDER OUT --dry-run`,
    );
}

function statusCommand(finish: Finish): Command {
  return seriesFilterOptions(databaseOptions(new Command('status')))
    .description(
      'Tells what a node has received, decided and delivered; with a filter, the series that it lets through. The node may be running.',
    )
    .option('--limit <count>', `so many series, the newest ones (default: ${MOST_LISTED})`, countOf)
    .option('--json', 'as JSON')
    .action((options: StatusOptions) => finish(status(options)));
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1.');
  return count;
}

function auditCommand(finish: Finish): Command {
  const verify = databaseOptions(new Command('verify'))
    .description('Checks that no entry of the audit trail was changed, added or taken away. The node may be running.')
    .action((options: DatabaseCommandOptions) => finish(auditVerify(options)));
  return new Command('audit')
    .description('audit verify: is the audit trail whole?')
    .addCommand(taught(verify, 'audit verify'));
}

function migrateCommand(finish: Finish): Command {
  return databaseOptions(new Command('migrate'))
    .description('Brings the database up to date with this version, while no node runs on it.')
    .action((options: DatabaseCommandOptions) => finish(migrate(options)));
}

function missingGeometry(): Option {
  return new Option('--on-missing-geometry <what>', 'where the geometry header is missing or broken')
    .choices(['standardize', 'pass-through', 'hold-for-review'])
    .default('standardize', 'standardize: by the picture alone');
}

function kindOption(): Option {
  const text = 'your word for every series whose header does not tell its kind';
  return new Option('--kind <kind>', text).choices(['cine', 'LGE', 'T2']);
}

function standardizeCommand(finish: Finish): Command {
  return new Command('standardize')
    .description(
      'Decides each series of a folder (or one file) as the node does, and writes every file once: turned, or as it came.',
    )
    .addArgument(new Argument('<in>', 'folder, read with all its folders, or one file: DICOM, .nii, .nii.gz'))
    .addArgument(new Argument('<out>', 'folder (or file, where <in> is one) for the results; never the same as <in>'))
    .option('--dry-run', 'decide and report; write no picture')
    .addOption(new Option('--report <format>', 'report every series and file').choices(['csv', 'json']))
    .option('--report-file <file>', 'write the report here instead of to standard output')
    .addOption(missingGeometry())
    .option('--model <name>', 'recognise with this model instead of the configured one')
    .option('--config <file>', "a site's configuration: rules, thresholds, model")
    .addOption(kindOption())
    .option('--overwrite', 'replace files that are in <out> already')
    .option('--verbose', VERBOSE)
    .action((input: string, output: string, options: StandardizeOptions) =>
      finish(
        standardize(input, output, {
          ...options,
          dryRun: options.dryRun === true,
          overwrite: options.overwrite === true,
        }),
      ),
    )
    .addHelpText('after', STANDARDIZE_EXAMPLES);
}
