import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Classifier } from '../../src/app/ports.ts';
import { folderSettings } from '../../src/cli/folder-settings.ts';
import { type Recogniser, recogniser } from '../../src/cli/recogniser.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { FolderContext, FolderSettings } from '../../src/folder/folder-context.ts';
import { type FolderOutcome, standardizeFolder } from '../../src/folder/standardize-folder.ts';
import { type PhantomInstance, type PhantomSeriesOptions, phantomSeries } from '../../src/phantom/phantom-series.ts';
import { recordedLog } from '../support/recorded-log.ts';

export const AT = Date.UTC(2026, 10, 20, 12);

/** A short-axis stack small enough for many tests. */
export function shortAxis(options: Partial<PhantomSeriesOptions> = {}): readonly PhantomInstance[] {
  return phantomSeries({ seed: 'folder', plane: 'sax', sequence: 'LGE', slices: 5, ...options });
}

export interface FolderFixture {
  readonly folder: string;
  classifier(): Promise<Classifier>;
  context(settings?: Partial<FolderSettings>): Promise<FolderContext>;
  standardize(input: string, output: string, settings?: Partial<FolderSettings>): Promise<FolderOutcome>;
}

/** The product's own recogniser and configuration, and an empty folder; call it at the top of a test file. */
export function folderFixture(): FolderFixture {
  const config = loadConfig({ env: {} });
  let folder = '';
  let recognises: Recogniser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'folder-'));
    const inference = { ...config.inference, executionProviders: ['cpu' as const] };
    recognises = await recogniser({ inference }, { log: recordedLog() });
  });
  afterAll(async () => {
    await recognises.close();
    await rm(folder, { recursive: true });
  });
  async function context(settings: Partial<FolderSettings> = {}): Promise<FolderContext> {
    const choices = { dryRun: false, overwrite: false, onMissingGeometry: 'standardize' as const };
    const own = await folderSettings(config, choices, recognises.manifest.pooling.correlation);
    return {
      settings: { ...own, ...settings },
      classifier: recognises.classifier,
      progress: { phase: () => undefined, step: () => undefined },
      now: () => AT,
    };
  }
  return {
    get folder() {
      return folder;
    },
    classifier: () => recognises.classifier(),
    context,
    standardize: async (input, output, settings) => standardizeFolder({ input, output }, await context(settings)),
  };
}
