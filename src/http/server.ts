import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import type { EventLog } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import { Handshakes } from '../tls/handshakes.ts';
import type { TlsCredentials } from '../tls/tls-credentials.ts';
import { bodyInTime } from './body-time.ts';
import { knownHostsOnly } from './known-hosts.ts';
import { isLoopback } from './loopback.ts';
import { fewPipelined } from './pipelined.ts';
import { notFound, problemHandler } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

/** Routes, or what comes before them such as sign-in, and where they are mounted. */
export interface Mount {
  readonly path: string;
  readonly router: RequestHandler;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Without it the server speaks plain HTTP. */
  readonly tls?: Pick<TlsCredentials, 'options' | 'onChange'> | undefined;
  readonly mounts: readonly Mount[];
  /** The origin by which people reach it through a proxy. */
  readonly publicUrl?: string | undefined;
  /** Addresses and ranges of proxies that are believed about who asks, by which host and how. */
  readonly trustedProxies?: readonly string[];
  readonly log: EventLog;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpLimits {
  /** For the TLS handshake; then for the request line and headers, once the first byte has come. */
  readonly headersTimeoutMs: number;
  /** For a whole request, large uploads included. */
  readonly requestTimeoutMs: number;
  /** Silence on a connection. */
  readonly idleTimeoutMs: number;
  readonly connections: number;
  /** Bodies under `/api`; uploads are streamed and have no limit of their own. */
  readonly jsonBytes: number;
  /** For the whole of such a body, and for what comes of any other after its request was answered. */
  readonly bodyTimeoutMs: number;
}

export interface HttpServer {
  readonly port: number;
  /** Lets requests under way end, for as long as given, and cuts off the rest. */
  close(graceMs?: number): Promise<void>;
}

const LIMITS: HttpLimits = {
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 3_600_000,
  idleTimeoutMs: 120_000,
  connections: 256,
  jsonBytes: 256 * 1024,
  bodyTimeoutMs: 30_000,
};
const CLOSE_GRACE_MS = 5_000;

/** @throws NodeError configuration-invalid where it cannot listen */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const limits = { ...LIMITS, ...options.limits };
  const server = createFor(applicationOf(options, limits), options.tls, limits);
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleTimeoutMs);
  server.on('connection', (socket) => socket.setNoDelay(true));
  await listening(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs = CLOSE_GRACE_MS) => closed(server, graceMs),
  };
}

function applicationOf(options: HttpServerOptions, limits: HttpLimits): Express {
  const application = express();
  application.disable('x-powered-by');
  application.disable('etag');
  application.set('query parser', 'simple');
  application.set('trust proxy', options.trustedProxies ?? []);
  application.use(fewPipelined());
  application.use(securityHeaders({ isEncrypted: options.tls !== undefined }));
  const { host, publicUrl } = options;
  if (isLoopback(host)) {
    application.use(knownHostsOnly([host, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])]));
  }
  application.use(bodyInTime(limits.bodyTimeoutMs));
  application.use('/api', express.json({ limit: limits.jsonBytes }));
  for (const { path, router } of options.mounts) application.use(path, router);
  application.use(notFound());
  application.use(problemHandler(options.log));
  return application;
}

function createFor(application: Express, tls: HttpServerOptions['tls'], limits: HttpLimits): Server {
  const settings = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.min(10_000, limits.headersTimeoutMs),
  };
  if (tls === undefined) return createServer(settings, application);
  const server = createTlsServer({ ...settings, ...tls.options }, application);
  tls.onChange(() => server.setSecureContext(tls.options));
  const handshakes = new Handshakes(server, limits.headersTimeoutMs);
  server.prependListener('connection', (socket) => handshakes.begin(socket as Socket));
  return server;
}

async function listening(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const subject = { attribute: 'http.port' };
    throw new NodeError('configuration-invalid', `cannot listen on ${host}:${port}`, { subject, cause });
  }
}

async function closed(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  const end = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await end;
  clearTimeout(cut);
}
