import { stringify } from 'yaml';
import type { Config } from './config-schema.ts';
import { isSecret } from './faults.ts';

const NOT_SHOWN = '(not shown)';
/** Who may sign in as what is no secret, and an administrator wants to see it. */
const NO_SECRETS = [
  'name',
  'role',
  'issuer',
  'clientId',
  'clientSecretFile',
  'redirectUrl',
  'scopes',
  'roleClaim',
  'roles',
  'sessionMinutes',
  'sessionHours',
];

/** The configuration that is in effect, as YAML, without what must stay secret. */
export function effectiveConfig(config: Config): string {
  return stringify(shownConfig(config));
}

/** The configuration without what must stay secret, for whatever writes it. */
export function shownConfig(config: Config): unknown {
  return withoutSecrets(config, []);
}

function withoutSecrets(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, path));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, [...path, key])]));
  }
  return isSecret(path) && !path.some((key) => NO_SECRETS.includes(key)) ? NOT_SHOWN : value;
}
