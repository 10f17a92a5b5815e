import { ROLES, type Role } from '../../api/words.ts';

/** What a provider tells of somebody. */
export type Claims = Readonly<Record<string, unknown>>;

export interface RoleMapping {
  /** Name of a claim; dots lead into objects. */
  readonly roleClaim: string;
  /** Which values of the claim give which role. */
  readonly roles: Readonly<Record<Role, readonly string[]>>;
}

/** Names turn up in the audit trail, in lists and on the page. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@+|-]{0,63}$/u;
const NAME_CLAIMS = ['preferred_username', 'email', 'sub'];

/** The name that the provider knows somebody by; undefined where none of them can be one. */
export function nameOf(claims: Claims): string | undefined {
  return NAME_CLAIMS.map((claim) => claims[claim]).find(
    (value): value is string => typeof value === 'string' && NAME.test(value),
  );
}

/** The greatest role that a value of the claim gives; undefined for who has none. */
export function roleOf(claims: Claims, { roleClaim, roles }: RoleMapping): Role | undefined {
  const values = valuesOf(claims, roleClaim);
  return ROLES.findLast((role) => roles[role].some((value) => values.includes(value)));
}

function valuesOf(claims: Claims, path: string): readonly unknown[] {
  const value = Object.hasOwn(claims, path) ? claims[path] : path.split('.').reduce<unknown>(within, claims);
  return Array.isArray(value) ? value : [value];
}

function within(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Claims)[key] : undefined;
}
