import express from 'express';
import type { EventLog } from '../../src/app/ports.ts';
import type { DicomWebRead } from '../../src/http/dicomweb-reads.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { type NodeRoutes, nodeMounts } from '../../src/http/mounts.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/http/server.ts';
import { signedInName } from '../../src/http/sign-in/asker.ts';
import type { SignInEvent } from '../../src/http/sign-in/events.ts';
import { createSignIn, type SignInOptions } from '../../src/http/sign-in/sign-in.ts';
import { apiServices } from './api-services.ts';

export const silentLog: EventLog = { info: () => {}, warn: () => {}, error: () => {} };

export const GENEROUS_LIMITS = { requestsPerMinute: 10_000, failedSignIns: 100, failedSignInMinutes: 15 };

/** What a sign-in needs besides who may. */
export function signInOptions(given: Partial<SignInOptions> = {}): SignInOptions {
  return {
    auth: undefined,
    limits: GENEROUS_LIMITS,
    product: {
      name: 'cmr-orientation-node',
      version: '1.2.3',
      inside: () => ({ model: 'told 1', usage: null, mode: 'observe' }),
    },
    onEvent: async () => {},
    log: silentLog,
    ...given,
  };
}

export interface SignInServer {
  readonly url: string;
  readonly server: HttpServer;
  readonly oneTimeToken: string | undefined;
  readonly events: SignInEvent[];
  readonly reads: DicomWebRead[];
}

export type SignInServerSettings = Partial<SignInOptions> &
  Pick<Partial<HttpServerOptions>, 'trustedProxies' | 'port'> &
  Pick<Partial<NodeRoutes>, 'allowOpenAccess' | 'onRead'>;

/** The whole HTTP side of a node around a made-up DICOMweb that says who asked. */
export async function startSignInServer(settings: SignInServerSettings = {}): Promise<SignInServer> {
  const { trustedProxies = [], port = 0, allowOpenAccess = false, onRead, ...given } = settings;
  const events: SignInEvent[] = [];
  const reads: DicomWebRead[] = [];
  const options = signInOptions({ onEvent: async (event) => void events.push(event), ...given });
  const signIn = createSignIn(options);
  const dicomWeb = express.Router().use((_request, response) => {
    response.json({ by: signedInName(response) });
  });
  const mounts = nodeMounts({
    version: '1.2.3',
    signIn,
    checks: async () => ({}),
    api: apiServices({ handlers: { retryDeliveries: async () => ({ queued: 0 }) } }),
    pageFolder: 'nowhere',
    metrics: createMetrics(),
    dicomWeb,
    corsOrigins: [],
    allowOpenAccess,
    limits: options.limits,
    onRead: onRead ?? (async (read) => void reads.push(read)),
    log: silentLog,
  });
  const { publicUrl } = options;
  const server = await startHttpServer({ host: '127.0.0.1', port, mounts, publicUrl, trustedProxies, log: silentLog });
  return { url: `http://127.0.0.1:${server.port}`, server, oneTimeToken: signIn.oneTimeToken, events, reads };
}
