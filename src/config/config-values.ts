import { isIP } from 'node:net';
import { z } from 'zod';

/** Kinds of values that several sections of the configuration have in common. */

/** Printable ASCII without the backslash, 1 to 16 characters, not all blanks (PS3.5 6.2). */
export const aeTitle = z
  .string()
  .regex(/^(?! *$)[ -[\]-~]{1,16}$/, 'must be an AE title: 1 to 16 printable ASCII characters without a backslash');

/** Where this node listens; 0 for any free port. */
export const ownPort = z.int().min(0).max(65_535);
export const peerPort = z.int().min(1).max(65_535);
/** As browsers send it: no path, and no port that is the scheme's own. */
export const origin = z.string().refine((text) => isOrigin(text), {
  error: 'must be an origin such as https://viewer.example.org or http://localhost:3000',
});
export const host = z.string().regex(/^[^\s/]+$/, 'must be a host name or an address');
export const addressOrRange = z
  .string()
  .refine(isAddressOrRange, 'must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32');
export const fraction = z.number().min(0).max(1);
/** No timer of Node.js runs longer than 24.8 days. */
export const seconds = z.number().min(0).max(2_000_000);
export const positiveSeconds = z.number().gt(0).max(2_000_000);
export const path = z.string().min(1);
/** Names turn up in logs, metrics and the database. */
export const name = z
  .string()
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}])?$/u,
    'must be a name of letters, digits, blanks and . _ -',
  );

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isAddressOrRange(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128));
}
