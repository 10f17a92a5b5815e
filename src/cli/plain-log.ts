import type { EventLog } from '../app/ports.ts';
import type { Config } from '../config/config-schema.ts';
import { loadConfig } from '../config/load-config.ts';

type Details = Readonly<Record<string, unknown>>;

const PROVIDER_SKIPPED = 'classifier-provider-skipped';
const MODEL_RESTRICTED = 'model-restricted';

/**
 * For commands that a person runs: what went wrong, on standard error; news is left out. An execution provider that is
 * not there is told only where `providers` says so.
 */
export function plainLog(write: (line: string) => unknown, { providers }: { readonly providers: boolean }): EventLog {
  const tell = (event: string, details: Details = {}): void => {
    if (event === MODEL_RESTRICTED) write(`The model ${details['model']} is for ${details['usage']}.\n`);
    else if (event !== PROVIDER_SKIPPED) write(`${inWords(event, details)}\n`);
    else if (providers) write(`The execution provider ${details['provider']} is not used: ${details['reason']}\n`);
  };
  return { info: () => undefined, warn: tell, error: tell };
}

/** Most machines have no GPU: that cuda is skipped is news only to who asked for news, or for other providers. */
export function tellsProviders(
  { inference }: Pick<Config, 'inference'>,
  verbose: boolean | undefined,
): { readonly providers: boolean } {
  const usual = loadConfig({ env: {} }).inference.executionProviders;
  return { providers: verbose === true || String(inference.executionProviders) !== String(usual) };
}

function inWords(event: string, details: Details): string {
  return [event, ...Object.entries(details).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}
