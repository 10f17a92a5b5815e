import type { CommitmentService, EventLog } from '../app/ports.ts';
import type { Config } from '../config/config-schema.ts';
import { type StorageScp, startStorageScp } from '../dimse/storage-scp.ts';
import type { Metrics } from '../http/metrics.ts';
import type { InstanceSpool } from '../spool/instance-spool.ts';
import type { NodeTls } from './certificates.ts';

/** Listens for scanners and archives. @throws NodeError configuration-invalid where it cannot listen */
export function openScp(
  config: Config,
  parts: {
    readonly intake: InstanceSpool;
    readonly commitment: CommitmentService;
    readonly tls: NodeTls;
    readonly metrics: Metrics;
    readonly log: EventLog;
  },
): Promise<StorageScp> {
  const {
    acceptAnyCalledAeTitle: acceptAnyCalledAe,
    tls: settings,
    host,
    port,
    aeTitle,
    allowedCallers,
    limits,
  } = config.dimse;
  const { tls, metrics, ...edges } = parts;
  return startStorageScp({
    host,
    port,
    aeTitle,
    allowedCallers,
    limits,
    acceptAnyCalledAe,
    tls: tls.dimse && settings && { ...settings, credentials: tls.dimse },
    onRejected: metrics.associationRejected,
    ...edges,
  });
}
