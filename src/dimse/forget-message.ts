import type { Scp } from 'dcmjs-dimse';

/**
 * To be called between two messages. dcmjs-dimse appends every command set without a data set to the ones before it
 * and reads them all again, and it keeps every request for the life of the association.
 */
export function forgetMessage(network: Scp): void {
  const internals = network as unknown as { dimseStream: unknown; readonly pending: unknown[] };
  internals.dimseStream = undefined;
  internals.pending.length = 0;
}
