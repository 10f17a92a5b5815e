import { userInfo } from 'node:os';
import { NodeError } from '../core/errors.ts';

/** Of the user who runs this; empty in a container where the user has a number only. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/**
 * Who acts, for the audit trail: the name that was given, and, as anybody may give any name, whose account it was.
 * @throws NodeError bad-request where nobody can be named
 */
export function actingPerson(by = ''): string {
  const [given, user] = [by.trim(), userName()];
  if (given === '' && user === '') throw new NodeError('bad-request', 'say who with --by');
  if (given === '' || user === '' || given === user) return given === '' ? user : given;
  return `${given} (as ${user})`;
}
