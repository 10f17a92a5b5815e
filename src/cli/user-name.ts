import { userInfo } from 'node:os';

/** Of the user who runs this; empty in a container where the user has a number only. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
