import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Asker } from '../../api/endpoints.ts';
import type { Role } from '../../api/words.ts';
import { NodeError } from '../../core/errors.ts';
import {
  formatPasswordHash,
  type PasswordHash,
  parsePasswordHash,
  scryptBytes,
} from '../../core/sign-in/password-hash.ts';

/** A person with a password of this node. */
export interface LocalUser {
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
}

/**
 * As hard as OWASP's Password Storage Cheat Sheet asks for, in the form that takes the least memory at once: a node has
 * pictures to turn at the same time.
 */
const STRENGTH = { cost: 2 ** 15, blockSize: 8, parallelization: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** How many may wait to be checked; each takes about 0.2 s. */
const MOST_WAITING = 32;

/** The hash of a password, to be put into the configuration. */
export async function hashPassword(password: string, strength = STRENGTH): Promise<string> {
  const hash = { ...strength, saltHex: randomBytes(SALT_BYTES).toString('hex'), hashHex: '00'.repeat(HASH_BYTES) };
  return formatPasswordHash({ ...hash, hashHex: (await derived(password, hash)).toString('hex') });
}

export interface PasswordCheck {
  /**
   * Whose password it is. It takes as long for a user that does not exist.
   * @throws NodeError too-many-requests where too many wait to be checked
   */
  check(user: string, password: string): Promise<Asker | undefined>;
  isUser(name: string): boolean;
}

/** @throws NodeError configuration-invalid for a hash that is none */
export function passwordCheck(users: readonly LocalUser[]): PasswordCheck {
  const known = new Map(users.map((user) => [user.name, { user, hash: hashOf(user) }]));
  const hardest = [...known.values()].map(({ hash }) => hash).sort((a, b) => scryptWork(b) - scryptWork(a))[0];
  // Computed in place of the hash of somebody who does not exist.
  const nobody = hardest && { ...hardest, saltHex: randomBytes(hardest.saltHex.length / 2).toString('hex') };
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const check = async (name: string, password: string): Promise<Asker | undefined> => {
    const found = known.get(name);
    const hash = found?.hash ?? nobody;
    if (hash === undefined) return undefined;
    const matches = timingSafeEqual(await derived(password, hash), Buffer.from(hash.hashHex, 'hex'));
    return matches && found !== undefined ? { name: found.user.name, role: found.user.role } : undefined;
  };
  return {
    isUser: (name) => known.has(name),
    // One after another: each takes a thread that files and the database want, too, and memory.
    check: (name, password) => {
      if (waiting >= MOST_WAITING) {
        return Promise.reject(new NodeError('too-many-requests', 'Too many people are signing in at the moment'));
      }
      waiting += 1;
      const checked = last
        .then(() => check(name, password))
        .finally(() => {
          waiting -= 1;
        });
      last = checked.catch(() => undefined);
      return checked;
    },
  };
}

function hashOf({ name, passwordHash }: LocalUser): PasswordHash {
  const hash = parsePasswordHash(passwordHash);
  if (hash === undefined) throw new NodeError('configuration-invalid', `the password hash of ${name} is none`);
  return hash;
}

function scryptWork({ cost, blockSize, parallelization }: PasswordHash): number {
  return cost * blockSize * parallelization;
}

/** Off the event loop, in a thread of its own. */
function derived(password: string, hash: PasswordHash): Promise<Buffer> {
  const { cost, blockSize, parallelization, saltHex, hashHex } = hash;
  // Keyboards compose letters differently (NIST SP 800-63B 5.1.1.2).
  const text = password.normalize('NFKC');
  const options = { cost, blockSize, parallelization, maxmem: 2 * scryptBytes(hash) };
  return new Promise((resolve, reject) => {
    scrypt(text, Buffer.from(saltHex, 'hex'), hashHex.length / 2, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
