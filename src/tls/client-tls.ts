import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { TlsCredentials } from './tls-credentials.ts';

/** How an archive is reached over TLS. */
export interface ClientTls {
  readonly credentials: TlsCredentials;
  /** The name in its certificate, where that is not its host. */
  readonly servername?: string | undefined;
}

/** The archive's certificate is verified, come what may: not even NODE_TLS_REJECT_UNAUTHORIZED turns that off. */
export function clientTlsOptions({ credentials, servername }: ClientTls, host: string): ConnectionOptions {
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  return { ...credentials.options, rejectUnauthorized: true, ...(name === undefined ? {} : { servername: name }) };
}
