/** A password as the configuration keeps it (RFC 7914): `scrypt$N$r$p$salt$hash`, salt and hash in hexadecimal. */
export interface PasswordHash {
  /** N: a power of two. */
  readonly cost: number;
  /** r */
  readonly blockSize: number;
  /** p */
  readonly parallelization: number;
  readonly saltHex: string;
  readonly hashHex: string;
}

const FORM = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$((?:[0-9a-f]{2}){8,64})\$((?:[0-9a-f]{2}){16,64})$/;
/** What one computation may take, so that a slip in the configuration does not take the memory of the node. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_PASSES = 64;

/** Undefined for whatever is not of this form, or asks for more than one sign-in should cost. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, cost, blockSize, parallelization, saltHex, hashHex] = FORM.exec(text) ?? [];
  if (saltHex === undefined || hashHex === undefined) return undefined;
  const parsed = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    saltHex,
    hashHex,
  };
  return isComputable(parsed) && formatPasswordHash(parsed) === text ? parsed : undefined;
}

export function formatPasswordHash({ cost, blockSize, parallelization, saltHex, hashHex }: PasswordHash): string {
  return ['scrypt', cost, blockSize, parallelization, saltHex, hashHex].join('$');
}

/** What scrypt takes in memory for it. */
export function scryptBytes({ cost, blockSize, parallelization }: PasswordHash): number {
  return 128 * blockSize * (cost + parallelization + 2);
}

function isComputable(hash: PasswordHash): boolean {
  const { cost, blockSize, parallelization } = hash;
  const isPowerOfTwo = cost >= 2 && Number.isInteger(Math.log2(cost));
  const isAny = blockSize >= 1 && parallelization >= 1 && parallelization <= MOST_PASSES;
  // RFC 7914 2: N is less than 2^(128 r / 8).
  return isPowerOfTwo && isAny && Math.log2(cost) < 16 * blockSize && scryptBytes(hash) <= MOST_BYTES;
}
