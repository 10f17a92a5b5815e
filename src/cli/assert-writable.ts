import { writeFile } from 'node:fs/promises';
import { NodeError } from '../core/errors.ts';
import { codeOf } from '../folder/input-files.ts';

/**
 * Hours of work must not end with a report that cannot be written.
 * @throws NodeError bad-request
 */
export async function assertWritable(reportFile: string): Promise<void> {
  await writeFile(reportFile, '', { flag: 'a' }).catch((cause: unknown) => {
    const subject = { file: reportFile };
    throw new NodeError('bad-request', `the report cannot be written: ${codeOf(cause)}`, { subject, cause });
  });
}
