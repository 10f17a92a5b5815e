import type { Destination, EventLog } from '../app/ports.ts';
import type { Config } from '../config/config-schema.ts';
import { EMBEDDED_ARCHIVE_NAME } from '../config/cross-checks.ts';
import { stowDestination } from '../dicomweb/stow-destination.ts';
import { dimseDestination } from '../dimse/storage-scu.ts';
import type { NodeTls } from './certificates.ts';

interface DestinationParts {
  /** Where the embedded archive listens, if there is one. */
  readonly archive: { readonly port: number } | undefined;
  readonly tls: NodeTls;
  readonly log: EventLog;
}

/** Every archive that series can go to. */
export function nodeDestinations(config: Config, { archive, tls, log }: DestinationParts): readonly Destination[] {
  const configured = config.destinations.map((destination) => {
    const secured = { tls: tls.towards(destination), log };
    return destination.type === 'dimse'
      ? dimseDestination({ ...destination, ...secured })
      : stowDestination({ ...destination, ...secured, timeoutMs: destination.timeoutSeconds * 1000 });
  });
  if (archive === undefined) return configured;
  const embedded = dimseDestination({
    name: EMBEDDED_ARCHIVE_NAME,
    host: '127.0.0.1',
    port: archive.port,
    calledAeTitle: config.embeddedArchive.aeTitle,
    callingAeTitle: config.dimse.aeTitle,
    concurrency: 2,
    log,
  });
  return [...configured, embedded];
}
