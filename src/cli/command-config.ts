import type { Config } from '../config/config-schema.ts';
import { loadConfig } from '../config/load-config.ts';

/**
 * The configuration of a command; `dataDir` is what a person said on the command line.
 * @throws NodeError configuration-invalid
 */
export function commandConfig(file: string | undefined, dataDir?: string): Config {
  const config = loadConfig({ ...(file === undefined ? {} : { file }), env: process.env });
  return dataDir === undefined ? config : { ...config, dataDir };
}
