import { hostname } from 'node:os';
import { AuditSender } from '../app/audit-sender.ts';
import type { NodeContext } from '../app/node-context.ts';
import type { Config } from '../config/config-schema.ts';
import type { AuditReporter } from '../core/audit-messages/audited-event.ts';
import { appendAudit } from '../store/audit.ts';
import type { SyslogServer } from '../syslog/syslog-connection.ts';
import { syslogRepository } from '../syslog/syslog-repository.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import type { NodeTls } from './certificates.ts';

/** Without a sign of life for so long, a syslog server is given up for the moment; a stop waits no longer for it. */
const SYSLOG_TIMEOUT_MS = 5000;

/** That the node runs, on its audit trail, and the trail on its way to the site's audit record repository. */
export interface NodeAudit {
  /** Undefined where no syslog server is configured. */
  readonly sender: AuditSender | undefined;
  /** Puts the end on record, and sends what there is. */
  close(): Promise<void>;
}

/** @throws NodeError database-failed */
export async function openAudit(
  config: Config,
  {
    context,
    tls,
    newDatabase,
  }: {
    readonly context: Pick<NodeContext, 'db' | 'log' | 'now'>;
    readonly tls: NodeTls;
    /** Somebody had it begin anew: what is before on the trail of another database is not on this one. */
    readonly newDatabase: boolean;
  },
): Promise<NodeAudit> {
  const record = (event: 'node-started' | 'node-stopped'): Promise<unknown> => {
    const begun = newDatabase && event === 'node-started' ? { newDatabase } : {};
    const detail = { version: SOFTWARE_VERSION, mode: config.mode, ...begun };
    const entry = { at: context.now(), event, actor: 'node', subject: {}, detail };
    return context.db.transaction((tx) => appendAudit(tx, [entry]));
  };
  await record('node-started');
  const sender = senderOf(config, context, tls);
  return {
    sender,
    close: async () => {
      await record('node-stopped');
      await sender?.close();
    },
  };
}

function senderOf(config: Config, context: Pick<NodeContext, 'db' | 'log'>, tls: NodeTls): AuditSender | undefined {
  const { syslog } = config.audit;
  if (syslog === undefined) return undefined;
  const { host, port, transport, sourceId } = syslog;
  const at = { host, port, timeoutMs: SYSLOG_TIMEOUT_MS };
  const server: SyslogServer =
    transport === 'tls' ? { ...at, transport, tls: tls.towardsSyslog(syslog) } : { ...at, transport };
  const repository = syslogRepository(server, sourceId);
  return new AuditSender(context, { repository, reporter: reporterOf(config, syslog) });
}

function reporterOf(
  { dimse, destinations }: Config,
  { sourceId, enterpriseSite }: NonNullable<Config['audit']['syslog']>,
): AuditReporter {
  return {
    sourceId,
    enterpriseSite,
    aeTitle: dimse.aeTitle,
    host: hostname(),
    destinations: new Map(
      destinations.map((one) => [
        one.name,
        one.type === 'dimse' ? { aeTitle: one.calledAeTitle, address: one.host } : { address: one.url },
      ]),
    ),
  };
}
