import { Argument, Command, CommanderError, Option } from 'commander';
import { messageOf } from '../core/errors.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { type StandardizeOptions, standardize } from './standardize.ts';

const EXIT_CODES = `
Exit codes:
  0   done
  1   failed
  2   wrong usage
  65  some input could not be read; everything else was done
  78  the configuration or the model is wrong`;

const EXAMPLES = `
Examples:
  cmr-node serve --demo                     a node with a made-up study, on this machine only
  cmr-node serve --config site.yaml         a site's node
  cmr-node standardize scans/ out/ --dry-run --report csv --report-file plan.csv
                                            what would be turned, without writing a picture
  cmr-node standardize scans/ out/          every file of scans/ once in out/: turned, or as it came
  cmr-node inspect slice.dcm                what one file is and what would be done with it
  cmr-node audit verify                     is the audit trail whole`;

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

function program(finish: (work: Promise<number>) => Promise<void>): Command {
  const root = new Command('cmr-node')
    .description('Recognises and standardizes the orientation of cardiac short-axis MR series.')
    .version(SOFTWARE_VERSION)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(cmr-node --help tells more)')
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES}`);
  root.addCommand(standardizeCommand(finish));
  for (const command of root.commands) command.exitOverride().addHelpText('after', EXIT_CODES);
  return root;
}

function standardizeCommand(finish: (work: Promise<number>) => Promise<void>): Command {
  return new Command('standardize')
    .description(
      'Decides each series of a folder (or one file) as the node does, and writes every file once: turned, or as it came.',
    )
    .addArgument(new Argument('<in>', 'folder, read with all its folders, or one file: DICOM, .nii, .nii.gz'))
    .addArgument(new Argument('<out>', 'folder (or file, where <in> is one) for the results; never the same as <in>'))
    .option('--dry-run', 'decide and report; write no picture', false)
    .addOption(new Option('--report <format>', 'report every series and file').choices(['csv', 'json']))
    .option('--report-file <file>', 'write the report here instead of to standard output')
    .addOption(
      new Option('--on-missing-geometry <what>', 'where the geometry header is missing or broken')
        .choices(['standardize', 'pass-through', 'hold-for-review'])
        .default('standardize', 'standardize: by the picture alone'),
    )
    .option('--model <name>', 'recognise with this model instead of the configured one')
    .option('--config <file>', "a site's configuration: rules, thresholds, model")
    .addOption(
      new Option('--kind <kind>', 'your word for every series whose header does not tell its kind').choices([
        'cine',
        'LGE',
        'T2',
      ]),
    )
    .option('--overwrite', 'replace files that are in <out> already', false)
    .action((input: string, output: string, options: StandardizeOptions) =>
      finish(standardize(input, output, options)),
    );
}
