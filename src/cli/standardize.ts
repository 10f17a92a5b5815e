import { writeFile } from 'node:fs/promises';
import type { Config } from '../config/config-schema.ts';
import type { FolderOutcome } from '../folder/standardize-folder.ts';
import { standardizeFolder } from '../folder/standardize-folder.ts';
import { assertWritable } from './assert-writable.ts';
import { commandConfig } from './command-config.ts';
import { csvReport } from './csv-report.ts';
import { EXIT } from './exit-codes.ts';
import { type Choices, folderSettings } from './folder-settings.ts';
import { folderSummary } from './folder-summary.ts';
import { listenForInterruption } from './interruption.ts';
import { plainLog, tellsProviders } from './plain-log.ts';
import { progressBar } from './progress-bar.ts';
import { recogniser } from './recogniser.ts';

export interface StandardizeOptions extends Choices {
  readonly config?: string | undefined;
  readonly model?: string | undefined;
  readonly verbose?: boolean | undefined;
  readonly report?: 'csv' | 'json' | undefined;
  readonly reportFile?: string | undefined;
}

/** `cmr-node standardize IN OUT`: what people read goes to standard error, the report alone to standard output. */
export async function standardize(input: string, output: string, options: StandardizeOptions): Promise<number> {
  const config = commandConfig(options.config);
  if (options.reportFile !== undefined) await assertWritable(options.reportFile);
  const interruption = listenForInterruption();
  try {
    return await carriedOut({ input, output }, { config, options, signal: interruption.signal });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('Interrupted. What was finished is written; nothing half written is left.\n');
    return EXIT.interrupted;
  } finally {
    interruption.release();
  }
}

async function carriedOut(
  places: { readonly input: string; readonly output: string },
  { config, options, signal }: { config: Config; options: StandardizeOptions; signal: AbortSignal },
): Promise<number> {
  const terminal = process.stderr;
  const bar = progressBar(terminal);
  // Ctrl-C ends the recogniser, too: that is no news then.
  const write = (line: string) => signal.aborted || terminal.write(line);
  const log = plainLog(write, tellsProviders(config, options.verbose));
  const recognises = await recogniser(config, { model: options.model, log });
  try {
    const settings = await folderSettings(config, options, recognises.manifest.pooling.correlation);
    const { classifier } = recognises;
    const outcome = await standardizeFolder(places, { settings, classifier, progress: bar, now: Date.now, signal });
    bar.stop();
    await writeReport(outcome, options);
    terminal.write(folderSummary(outcome, options.dryRun));
    if (outcome.failures.length > 0) return EXIT.failed;
    return outcome.unread > 0 ? EXIT.unreadInput : EXIT.ok;
  } finally {
    bar.stop();
    await recognises.close();
  }
}

async function writeReport(outcome: FolderOutcome, { report: format, reportFile }: StandardizeOptions): Promise<void> {
  if (format === undefined && reportFile === undefined) return;
  const asCsv = format === undefined ? /\.csv$/i.test(reportFile ?? '') : format === 'csv';
  const text = asCsv ? csvReport(outcome) : `${JSON.stringify(outcome.report, null, 2)}\n`;
  if (reportFile === undefined) await new Promise((resolve) => process.stdout.write(text, resolve));
  else await writeFile(reportFile, text);
}
