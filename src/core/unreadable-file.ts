/** Why a stored file cannot be sent, in words that are the same for every file that fails alike, and name none. */
export function unreadableFile(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
  if (code === 'ENOENT') return 'the stored file is not on the disk of this node any more';
  return `the stored file cannot be read on this node${code === undefined ? '' : ` (${code})`}`;
}
