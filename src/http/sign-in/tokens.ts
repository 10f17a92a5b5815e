import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Asker } from '../../api/endpoints.ts';
import type { Role } from '../../api/words.ts';

/** A machine or person that may sign in; only a digest of its token is configured. */
export interface ApiToken {
  readonly name: string;
  /** SHA-256 of the token, hexadecimal. */
  readonly tokenSha256: string;
  readonly role: Role;
}

/** Whom the one-time token signs in: whoever started the node. */
export const OPERATOR: Asker = { name: 'operator', role: 'administrator' };

const TOKEN_BYTES = 32;

/** 256 bits of chance, in the characters of a bearer token (RFC 6750 2.1). */
export function randomToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Equal or not, in a time that tells neither where they differ nor how long they are. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

/** Whose a token is. All digests are compared: the time does not tell whose it nearly is. */
export function tokenOwners(tokens: readonly ApiToken[]): (token: string) => Asker | undefined {
  const known = tokens.map(({ name, role, tokenSha256 }) => ({
    asker: { name, role },
    digest: Buffer.from(tokenSha256, 'hex'),
  }));
  return (token) => {
    const digest = sha256(token);
    const matching = known.filter((one) => one.digest.length === digest.length && timingSafeEqual(one.digest, digest));
    return matching[0]?.asker;
  };
}

/** The token of `Authorization: Bearer <token>` (RFC 6750 2.1). */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization ?? '')?.[1];
}
