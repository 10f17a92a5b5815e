import { readFile } from 'node:fs/promises';
import { loadKindRules } from '../config/kind-rules-file.ts';
import { DEFAULT_SETTINGS, DEFAULT_THRESHOLDS } from '../core/decision/thresholds.ts';
import type { FolderSettings } from '../folder/folder-context.ts';
import { MANUFACTURER, PACKAGE_ROOT, PRODUCT_NAME, SOFTWARE_VERSION } from '../version.ts';

export type Choices = Pick<FolderSettings, 'kind' | 'dryRun' | 'overwrite'> & {
  readonly onMissingGeometry: FolderSettings['decision']['onMissingGeometry'];
};

export async function folderSettings(choices: Choices, correlation: number): Promise<FolderSettings> {
  const { onMissingGeometry, ...others } = choices;
  return {
    ...others,
    decision: { ...DEFAULT_SETTINGS, onMissingGeometry, holdHours: 24 },
    thresholds: DEFAULT_THRESHOLDS,
    kindRules: loadKindRules(await readFile(new URL('config/sequence-kinds.yaml', PACKAGE_ROOT), 'utf8')),
    phasesPerPosition: 3,
    correlation,
    uidPolicy: 'derive',
    derivation: {
      manufacturer: MANUFACTURER,
      productName: PRODUCT_NAME,
      softwareVersion: SOFTWARE_VERSION,
      modifyingSystem: 'CMR_NODE',
      imageTypeValue1: 'derived',
      seriesDescriptionSuffix: ' [SAX std]',
      seriesNumberOffset: 1000,
      privateGeometry: 'keep',
    },
  };
}
