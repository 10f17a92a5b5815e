/**
 * `cmr-node … | head` closes the pipe before all is written: what nobody reads any more is no failure, and a node does
 * not end because somebody stopped reading what it says.
 */
export function outliveReaders(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
