import { ArchiveCommitments, type CommittingArchive } from './app/commitment/archive-commitments.ts';
import type { NodeContext } from './app/node-context.ts';
import type { CommitmentService, Destination } from './app/ports.ts';
import type { Config } from './config/config-schema.ts';

/** Storage commitment as the site wants it. */
export interface NodeCommitment {
  /** What peers that call may do about it. */
  readonly service: CommitmentService;
  close(): Promise<void>;
}

interface CommitmentParts {
  readonly destinations: readonly Destination[];
  readonly context: NodeContext;
  /** Has forwarders look into the outbox at once. */
  readonly wake: () => void;
}

/** To be opened before anything is delivered: from then on deliveries count as confirmed as the site wants it. */
export async function openCommitment(config: Config, parts: CommitmentParts): Promise<NodeCommitment> {
  const { destinations, context, wake } = parts;
  const archives = committingArchives(config, destinations);
  const commitments = await ArchiveCommitments.start({ archives, onRedelivery: wake }, context);
  const takeReport = commitments.takeReport.bind(commitments);
  return { service: archives.length === 0 ? {} : { takeReport }, close: () => commitments.close() };
}

function committingArchives(config: Config, destinations: readonly Destination[]): readonly CommittingArchive[] {
  return config.destinations.flatMap((configured) => {
    const ask = destinations.find(({ name }) => name === configured.name)?.askForCommitment;
    if (configured.type !== 'dimse' || !configured.storageCommitment.request || ask === undefined) return [];
    return [{ name: configured.name, ...configured.storageCommitment, ask }];
  });
}
