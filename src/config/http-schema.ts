import { z } from 'zod';
import { parsePasswordHash } from '../core/sign-in/password-hash.ts';
import { addressOrRange, host, name, origin, ownPort, path, positiveSeconds } from './config-values.ts';
import { httpTlsSchema } from './tls-schema.ts';

const role = z.enum(['viewer', 'reviewer', 'administrator']);

const user = z.strictObject({
  name,
  role,
  passwordHash: z
    .string()
    .refine((text) => parsePasswordHash(text) !== undefined, 'must be what cmr-node users hash prints'),
});

const token = z.strictObject({
  name,
  // What a token could do before there were roles, and no more: whoever may decide is named so.
  role: role.default('viewer'),
  tokenSha256: z
    .string()
    .regex(/^[0-9A-Fa-f]{64}$/, 'must be the SHA-256 of the token: 64 hexadecimal digits')
    .transform((digits) => digits.toLowerCase()),
});

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
const values = z.array(z.string().min(1));

const oidc = z.strictObject({
  /** As the provider writes it: its metadata lie below, at /.well-known/openid-configuration. */
  issuer: webAddress,
  clientId: z.string().min(1),
  /** Without one the client is a public one, held by PKCE alone. */
  clientSecret: z.string().min(1).exactOptional(),
  clientSecretFile: path.exactOptional(),
  name: z.string().min(1).max(64).default('Single sign-on'),
  redirectUrl: webAddress.exactOptional(),
  scopes: z.array(z.string().regex(/^[!#-[\]-~]+$/, 'must be a scope of OAuth 2.0')).default(['openid', 'profile']),
  /** In the ID token or in what the provider tells of the user; dots lead into objects. */
  roleClaim: z.string().min(1),
  roles: z.strictObject({
    viewer: values.default([]),
    reviewer: values.default([]),
    administrator: values.default([]),
  }),
});

const auth = z.strictObject({
  users: z.array(user).min(1).exactOptional(),
  tokens: z.array(token).min(1).exactOptional(),
  oidc: oidc.exactOptional(),
  sessionMinutes: z.number().min(1).max(1_440).default(30),
  sessionHours: z.number().min(0.1).max(168).default(12),
});

export const httpSchema = z.strictObject({
  host,
  port: ownPort,
  tls: httpTlsSchema.exactOptional(),
  publicUrl: origin.exactOptional(),
  trustedProxies: z.array(addressOrRange),
  auth: auth.exactOptional(),
  cors: z.array(origin),
  limits: z.strictObject({
    requestsPerMinute: z.int().min(10).max(10_000_000),
    failedSignIns: z.int().min(1).max(1_000),
    failedSignInMinutes: z.number().min(1).max(1_440),
    bodyKilobytes: z.int().min(16).max(65_536),
    bodySeconds: positiveSeconds,
    headersSeconds: positiveSeconds,
    partsPerUpload: z.int().min(1).max(10_000_000),
    connections: z.int().min(8).max(100_000),
  }),
});
