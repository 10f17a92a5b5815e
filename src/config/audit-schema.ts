import { z } from 'zod';
import { host, peerPort } from './config-values.ts';
import { destinationTlsSchema } from './tls-schema.ts';

/** In the header of syslog and in the message: no blanks, nothing to escape. */
const label = z.string().regex(/^[A-Za-z0-9._-]{1,48}$/, 'must be 1 to 48 letters, digits, dots, _ or -');

const syslog = z.strictObject({
  transport: z.enum(['tls', 'tcp', 'udp']),
  host,
  port: peerPort,
  /** Certificates, for `transport: tls`; the server's is verified in any case. */
  tls: destinationTlsSchema.exactOptional(),
  sourceId: label.default('cmr-node'),
  enterpriseSite: z.string().min(1).max(64).exactOptional(),
});

/** Where the audit trail goes besides the database. */
export const auditSchema = z.strictObject({ syslog: syslog.exactOptional() });
