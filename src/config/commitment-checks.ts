import type { WrittenConfig } from './config-schema.ts';
import type { Fault } from './faults.ts';

/** What of storage commitment towards scanners no key can know by itself. */
export function commitmentFaults(
  dimse: WrittenConfig['dimse'] | undefined,
  destinations: WrittenConfig['destinations'] | undefined,
): readonly Fault[] {
  if (dimse === undefined) return [];
  const { commitment, peers } = dimse;
  const faults: Fault[] = peers.flatMap(({ aeTitle }, index) =>
    peers.findIndex((other) => other.aeTitle === aeTitle) < index
      ? [{ path: ['dimse', 'peers', index, 'aeTitle'], problem: 'is used twice', showValue: true }]
      : [],
  );
  const path = ['dimse', 'commitment'];
  if (commitment !== 'refuse' && peers.length === 0) {
    const problem = 'needs dimse.peers: a scanner is told at the address that it has there';
    faults.push({ path, problem, showValue: true });
  }
  const asked = destinations?.some(
    (destination) => destination.default && destination.type === 'dimse' && destination.storageCommitment.request,
  );
  if (commitment === 'relay' && asked === false) {
    const problem = 'needs a destination with default: true that is asked: storageCommitment: { request: true }';
    faults.push({ path, problem, showValue: true });
  }
  return faults;
}
