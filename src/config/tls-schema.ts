import { isIP } from 'node:net';
import { z } from 'zod';
import { host, ownPort, path } from './config-values.ts';

const minVersion = z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2');

/** PEM files. */
const ownCertificate = {
  keyFile: path,
  certFile: path,
  passphraseFile: path.exactOptional(),
  minVersion,
};

export const dimseTlsSchema = z.strictObject({
  port: ownPort.exactOptional(),
  ...ownCertificate,
  caFile: path.exactOptional(),
  clientCertificate: z.enum(['required', 'optional', 'none']).default('required'),
});

export const httpTlsSchema = z.strictObject(ownCertificate);

/** Towards an archive, whose certificate is verified in any case. */
export const destinationTlsSchema = z.strictObject({
  caFile: path.exactOptional(),
  keyFile: path.exactOptional(),
  certFile: path.exactOptional(),
  passphraseFile: path.exactOptional(),
  servername: host.refine((name) => isIP(name) === 0, 'must be a name, not an address').exactOptional(),
  minVersion,
});
