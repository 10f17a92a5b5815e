import { open } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { NodeError } from '../../src/core/errors.ts';
import { unreadableFile } from '../../src/core/unreadable-file.ts';

describe('a stored file that cannot be sent', () => {
  test('is told of in words that are the same for every such file, and name none', async () => {
    const thrown = await open('/nowhere/of-this-patient.dcm').catch((error: unknown) => error);
    expect(unreadableFile(thrown)).toBe('the stored file is not on the disk of this node any more');
    const failed = Object.assign(new Error('EIO: i/o error, read /spool/7.dcm'), { code: 'EIO' });
    expect(unreadableFile(failed)).toBe('the stored file cannot be read on this node (EIO)');
    expect(unreadableFile(new Error('short'))).toBe('the stored file cannot be read on this node');
  });
});

describe('the words of an error', () => {
  test('are its message without the subject that is told beside it', () => {
    const error = new NodeError('destination-refused', 'it refused', { subject: { destination: 'archive' } });
    expect([error.words, error.message]).toEqual(['it refused', 'it refused (archive)']);
  });
});
