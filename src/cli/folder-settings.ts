import type { Config } from '../config/config-schema.ts';
import type { FolderSettings } from '../folder/folder-context.ts';
import { nodeSettings } from '../node/settings.ts';

/** What a person says on the command line. */
export type Choices = Pick<FolderSettings, 'kind' | 'dryRun' | 'overwrite'> & {
  readonly onMissingGeometry: FolderSettings['decision']['onMissingGeometry'];
};

/** A site's configuration with what was said on the command line over it. */
export async function folderSettings(
  config: Config,
  { onMissingGeometry, kind, dryRun, overwrite }: Choices,
  correlation: number,
): Promise<FolderSettings> {
  const settings = await nodeSettings(config, correlation);
  const decision = { ...settings.decision, onMissingGeometry };
  return { ...settings, decision, kind, dryRun, overwrite, uidPolicy: config.uidPolicy };
}
