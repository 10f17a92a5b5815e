import { writeFile } from 'node:fs/promises';
import type { FolderOutcome } from '../folder/standardize-folder.ts';
import { standardizeFolder } from '../folder/standardize-folder.ts';
import { commandConfig } from './command-config.ts';
import { csvReport } from './csv-report.ts';
import { EXIT } from './exit-codes.ts';
import { type Choices, folderSettings } from './folder-settings.ts';
import { plainLog } from './plain-log.ts';
import { progressBar } from './progress-bar.ts';
import { recogniser } from './recogniser.ts';

export interface StandardizeOptions extends Choices {
  readonly config?: string | undefined;
  readonly model?: string | undefined;
  readonly report?: 'csv' | 'json' | undefined;
  readonly reportFile?: string | undefined;
}

/** `cmr-node standardize IN OUT`: what people read goes to standard error, the report alone to standard output. */
export async function standardize(input: string, output: string, options: StandardizeOptions): Promise<number> {
  const terminal = process.stderr;
  const bar = progressBar(terminal);
  const log = plainLog((line) => terminal.write(line));
  const config = commandConfig(options.config);
  // Hours of work must not end with a report that cannot be written.
  if (options.reportFile !== undefined) await writeFile(options.reportFile, '', { flag: 'a' });
  const recognises = await recogniser(config, { model: options.model, log });
  try {
    const settings = await folderSettings(config, options, recognises.manifest.pooling.correlation);
    const { classifier } = recognises;
    const context = { settings, classifier, progress: bar, now: Date.now };
    const outcome = await standardizeFolder({ input, output }, context);
    bar.stop();
    await writeReport(outcome, options);
    terminal.write(summary(outcome));
    if (outcome.failures.length > 0) return EXIT.failed;
    return outcome.unread > 0 ? EXIT.unreadInput : EXIT.ok;
  } finally {
    bar.stop();
    await recognises.close();
  }
}

async function writeReport(
  { report }: FolderOutcome,
  { report: format, reportFile }: StandardizeOptions,
): Promise<void> {
  if (format === undefined && reportFile === undefined) return;
  const asCsv = format === undefined ? /\.csv$/i.test(reportFile ?? '') : format === 'csv';
  const text = asCsv ? csvReport(report) : `${JSON.stringify(report, null, 2)}\n`;
  if (reportFile === undefined) await new Promise((resolve) => process.stdout.write(text, resolve));
  else await writeFile(reportFile, text);
}

function summary({ report, unread, failures }: FolderOutcome): string {
  const lines = report.series.map(
    ({ seriesInstanceUid, slices, kind, decision, reason, flags }) =>
      `${seriesInstanceUid ?? slices[0]?.file ?? 'a volume'}  ${kind}  ${decision}${flags.length === 0 ? '' : ` [${flags.join(', ')}]`}\n    ${reason}`,
  );
  const lost = report.inputs.filter(({ reason, output }) => output === null && !reason.startsWith('dry run'));
  return [
    ...lines,
    `${report.series.length} series, ${report.inputs.length} files.`,
    ...(unread === 0
      ? []
      : [`${unread} could not be read:`, ...lost.map(({ file, reason }) => `    ${file}: ${reason}`)]),
    ...new Set(failures.map((why) => `The recogniser failed: ${why}`)),
    '',
  ].join('\n');
}
