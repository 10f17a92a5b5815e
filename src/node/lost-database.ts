import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { spoolFiles } from '../spool/spool-files.ts';

/**
 * A spool that holds instances and no database beside it: what was decided of them, by persons too, is lost or lies in a
 * backup. Without a word from somebody nothing is made of that; nor is a whole database ever begun anew.
 * @throws NodeError configuration-invalid
 */
export async function assertDatabaseAsSaid(
  { database, spool }: { readonly database: string; readonly spool: string },
  { newDatabase }: { readonly newDatabase: boolean },
): Promise<void> {
  const isThere = await hasContent(database);
  const subject = { file: dirname(database) };
  if (newDatabase && isThere) {
    throw new NodeError('configuration-invalid', 'There is a database: start without --new-database', { subject });
  }
  if (newDatabase || isThere || !(await holdsInstances(spool))) return;
  throw new NodeError(
    'configuration-invalid',
    'The database (node.sqlite) is not there, and spool/ holds instances. Restore the backup (README, Backup and restore), or start once with "serve --new-database", which takes what is in the spool for new: decisions of persons are lost, and everything is delivered again',
    { subject },
  );
}

/** SQLite makes an empty file before it writes to it, and what a failed copy left may be one, too. */
async function hasContent(file: string): Promise<boolean> {
  try {
    return (await stat(file)).size > 0;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new NodeError('database-failed', 'The database cannot be looked at', { subject: { file }, cause });
  }
}

async function holdsInstances(spool: string): Promise<boolean> {
  for await (const files of spoolFiles(spool)) if (files.length > 0) return true;
  return false;
}
