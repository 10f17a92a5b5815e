import { readFileSync } from 'node:fs';

const MANIFEST = new URL('../package.json', import.meta.url);

export const PRODUCT_NAME = 'CMR Orientation Node';
export const MANUFACTURER = 'CMR Orientation Node project';

/** The version of this software, as package.json says. */
export const SOFTWARE_VERSION: string = (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version;

/** Where models/ and config/ lie. */
export const PACKAGE_ROOT = new URL('../', import.meta.url);
