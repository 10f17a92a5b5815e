import { fileURLToPath } from 'node:url';
import type { Retained } from '../app/ports.ts';
import { recordRead } from '../app/views/record-read.ts';
import type { Config } from '../config/config-schema.ts';
import { dicomWebRouter } from '../dicomweb/dicomweb-router.ts';
import type { ApiServices } from '../http/api-routes.ts';
import { nodeMounts } from '../http/mounts.ts';
import { type HttpServer, startHttpServer } from '../http/server.ts';
import { signedInName } from '../http/sign-in/asker.ts';
import type { SignIn } from '../http/sign-in/sign-in.ts';
import type { TlsCredentials } from '../tls/tls-credentials.ts';
import { PACKAGE_ROOT, SOFTWARE_VERSION } from '../version.ts';
import { exposeMetrics, healthChecks, type NodeState, statusOf } from './state.ts';

const PAGE_FOLDER = fileURLToPath(new URL('dist/page/', PACKAGE_ROOT));

export interface HttpParts {
  readonly state: NodeState;
  readonly signIn: SignIn;
  readonly retained: Retained;
  readonly services: Omit<ApiServices, 'status'>;
  readonly tls: TlsCredentials | undefined;
}

/** Opens the HTTP port. @throws NodeError configuration-invalid where it cannot listen */
export function openHttp(config: Config, { state, signIn, retained, services, tls }: HttpParts): Promise<HttpServer> {
  const { log } = state.context;
  const { host, port, publicUrl, trustedProxies, limits } = config.http;
  const mounts = nodeMounts({
    version: SOFTWARE_VERSION,
    signIn,
    checks: () => healthChecks(state),
    api: { ...services, status: () => statusOf(state) },
    pageFolder: PAGE_FOLDER,
    metrics: { expose: () => exposeMetrics(state) },
    dicomWeb: dicomWebRouter({
      intake: state.spool,
      retained,
      log,
      userName: signedInName,
      partsPerUpload: limits.partsPerUpload,
    }),
    corsOrigins: config.http.cors,
    allowOpenAccess: config.allowOpenAccess,
    limits,
    onRead: (read) => recordRead(read, state.context),
    log,
  });
  const connectionLimits = {
    connections: limits.connections,
    headersTimeoutMs: limits.headersSeconds * 1000,
    bodyTimeoutMs: limits.bodySeconds * 1000,
    jsonBytes: limits.bodyKilobytes * 1024,
  };
  return startHttpServer({ host, port, tls, publicUrl, trustedProxies, mounts, log, limits: connectionLimits });
}
