import { ArchiveCommitments, type CommittingArchive } from '../app/commitment/archive-commitments.ts';
import { type CommitmentPeer, ScannerCommitments } from '../app/commitment/scanner-commitments.ts';
import type { NodeContext } from '../app/node-context.ts';
import type { CommitmentService, Destination } from '../app/ports.ts';
import type { Config } from '../config/config-schema.ts';
import { reportCommitment } from '../dimse/commitment-scu.ts';
import { DEFAULT_DIMSE_TIMEOUTS } from '../dimse/storage-scu.ts';
import type { NodeTls } from './certificates.ts';

/** Storage commitment as the site wants it. */
export interface NodeCommitment {
  /** What peers that call may do about it. */
  readonly service: CommitmentService;
  close(): Promise<void>;
}

interface CommitmentParts {
  readonly destinations: readonly Destination[];
  readonly context: NodeContext;
  readonly tls: NodeTls;
  /** Has forwarders look into the outbox at once. */
  readonly wake: () => void;
  /** Resolves when everything that was acknowledged is in the database. */
  readonly admitted: () => Promise<void>;
}

/** To be opened before anything is delivered: from then on deliveries count as confirmed as the site wants it. */
export async function openCommitment(config: Config, parts: CommitmentParts): Promise<NodeCommitment> {
  const { destinations, context, wake } = parts;
  const archives = committingArchives(config, destinations);
  const asking = await ArchiveCommitments.start({ archives, onRedelivery: wake }, context);
  const answering = scannerCommitments(config, parts);
  return {
    service: {
      ...(archives.length > 0 && { takeReport: asking.takeReport.bind(asking) }),
      ...(answering !== undefined && { takeRequest: answering.takeRequest.bind(answering) }),
    },
    close: async () => {
      await asking.close();
      await answering?.close();
    },
  };
}

function committingArchives(config: Config, destinations: readonly Destination[]): readonly CommittingArchive[] {
  return config.destinations.flatMap((configured) => {
    const ask = destinations.find(({ name }) => name === configured.name)?.askForCommitment;
    if (configured.type !== 'dimse' || !configured.storageCommitment.request || ask === undefined) return [];
    return [{ name: configured.name, ...configured.storageCommitment, ask }];
  });
}

function scannerCommitments(
  { dimse }: Config,
  { context, tls, admitted }: CommitmentParts,
): ScannerCommitments | undefined {
  if (dimse.commitment === 'refuse') return undefined;
  const peers = dimse.peers.map((peer): CommitmentPeer => {
    const { aeTitle, host, port } = peer;
    const titles = { calledAeTitle: aeTitle, callingAeTitle: dimse.aeTitle };
    const called = { name: aeTitle, host, port, ...titles, tls: tls.towardsPeer(peer) };
    return { aeTitle, report: (report) => reportCommitment({ peer: called, times: DEFAULT_DIMSE_TIMEOUTS }, report) };
  });
  const rule = {
    destinations: context.settings.routeDefaults.destinations,
    confirmed: dimse.commitment === 'relay',
  };
  return new ScannerCommitments({ peers, rule, hours: dimse.commitmentHours, admitted }, context);
}
