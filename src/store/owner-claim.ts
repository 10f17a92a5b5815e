import { NodeError } from '../core/errors.ts';
import { Connection } from './connection.ts';
import { isLocked } from './database-error.ts';

/** The right to be the one node that works on a database. It ends with the process, however that ends. */
export interface OwnerClaim {
  release(): Promise<void>;
}

/**
 * Claims a database for this process: two nodes on one data folder would deliver everything twice. The claim is the
 * operating system's lock on a small file of its own, so that `status` and `audit verify` may read beside a node.
 * @throws NodeError database-failed where another process holds the claim
 */
export async function claimOwnership(file: string): Promise<OwnerClaim> {
  const connection = await Connection.open({ file: `${file}-owner`, access: 'create', busyTimeoutMs: 0 });
  try {
    await connection.script('begin exclusive');
  } catch (cause) {
    await connection.close();
    if (!isLocked(cause)) throw cause;
    throw new NodeError('database-failed', 'The database is in use: is another node running on this data folder?', {
      subject: { file },
      cause,
    });
  }
  return { release: () => connection.close() };
}
