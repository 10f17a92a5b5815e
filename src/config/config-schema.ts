import { z } from 'zod';
import { SEQUENCE_KINDS } from '../core/series/sequence-kind.ts';
import { auditSchema } from './audit-schema.ts';
import { callerRule } from './caller-schema.ts';
import { aeTitle, fraction, host, name, ownPort, path, peerPort, positiveSeconds, seconds } from './config-values.ts';
import { destinationSchema } from './destination-schema.ts';
import { httpSchema } from './http-schema.ts';
import { retentionSchema, scheduleSchema } from './retention-schema.ts';
import { destinationTlsSchema, dimseTlsSchema } from './tls-schema.ts';

const mode = z.enum(['observe', 'standardize']);
const uidPolicy = z.enum(['derive', 'preserve']);
const passOrHold = z.enum(['pass-through', 'hold-for-review']);

const dimse = z.strictObject({
  host,
  port: ownPort,
  aeTitle,
  acceptAnyCalledAeTitle: z.boolean(),
  allowedCallers: z.array(callerRule).min(1),
  tls: dimseTlsSchema.exactOptional(),
  commitment: z.enum(['relay', 'after-delivery', 'refuse']),
  commitmentHours: z.number().gt(0).max(8_760),
  peers: z.array(z.strictObject({ aeTitle, host, port: peerPort, tls: destinationTlsSchema.exactOptional() })),
  limits: z.strictObject({
    maxAssociations: z.int().min(1).max(10_000),
    maxAssociationsPerAddress: z.int().min(1).max(10_000),
    // 131072 are announced to peers, and may therefore come.
    maxPduBytes: z.int().min(131_072).max(67_108_864),
    associationRequestSeconds: positiveSeconds,
    messageSeconds: positiveSeconds,
    idleSeconds: positiveSeconds,
  }),
});

const tries = z.union([z.literal('never'), z.int().min(1).max(1_000_000)], 'must be a number of tries, or never');

const routingRule = z.strictObject({
  name,
  when: z
    .strictObject({
      callingAeTitles: z.array(aeTitle).min(1).exactOptional(),
      kinds: z.array(z.enum(SEQUENCE_KINDS)).min(1).exactOptional(),
    })
    .default({}),
  mode: mode.exactOptional(),
  destinations: z.array(name).min(1).exactOptional(),
  uidPolicy: uidPolicy.exactOptional(),
  archiveOriginals: z.boolean().exactOptional(),
});

const decision = z.strictObject({
  onUncertain: passOrHold,
  onContradiction: passOrHold,
  onMissingGeometry: z.enum(['pass-through', 'hold-for-review', 'standardize']),
  holdHours: z.number().gt(0).max(8_760),
  leaveAloneDegrees: z.number().min(45).max(90),
  pictureSure: fraction,
  fusedSure: fraction,
  reject: fraction,
  sax: fraction,
  sideStrong: fraction,
  missingGeometry: fraction,
  missingGeometrySax: fraction,
  borderDegrees: z.number().min(0).max(45),
  harmDegrees: z.number().min(45).max(90),
  minimumSlicePositions: z.int().min(1).max(1_000),
});

const inference = z.strictObject({
  model: z.string().regex(/^\w[\w.-]*$/, 'must be the name of a folder in inference.modelsDir'),
  modelsDir: path.exactOptional(),
  executionProviders: z.array(z.enum(['cuda', 'webgpu', 'cpu'])).min(1),
  requireGpu: z.boolean(),
  threads: z.int().min(1).max(256),
  phasesPerPosition: z.int().min(1).max(1_000),
});

/** One schema for each section. Every key of the configuration is here; what is not here is a fault. */
export const SECTIONS = {
  dataDir: path,
  dimse,
  http: httpSchema,
  allowOpenAccess: z.boolean(),
  embeddedArchive: z.strictObject({ port: ownPort, aeTitle }),
  destinations: z.array(destinationSchema),
  mode,
  routing: z.array(routingRule),
  series: z.strictObject({ quietSeconds: seconds, maxWaitSeconds: positiveSeconds }),
  decision,
  uidPolicy,
  archiveOriginals: z.boolean(),
  imageTypeValue1: z.enum(['derived', 'keep']),
  // An LO value has at most 64 characters (PS3.5 6.2), and the description itself needs room.
  seriesDescriptionSuffix: z.string().regex(/^[ -[\]-~]{0,32}$/, 'must be at most 32 ASCII characters, no backslash'),
  seriesNumberOffset: z.int().min(0).max(999_999_999),
  privateGeometry: z.enum(['keep', 'remove']),
  inference,
  kinds: z.strictObject({ rulesFile: path.exactOptional() }),
  storage: z.strictObject({ reserveMegabytes: z.int().min(0).max(100_000_000) }),
  retention: retentionSchema,
  schedule: scheduleSchema,
  delivery: z.strictObject({
    retrySeconds: positiveSeconds,
    maxRetrySeconds: positiveSeconds,
    deadAfterAttempts: z.strictObject({ destination: tries, unclear: tries, instance: tries }),
  }),
  audit: auditSchema,
  log: z.strictObject({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']) }),
} as const;

/** The configuration as it is written. */
export type WrittenConfig = { readonly [Section in keyof typeof SECTIONS]: z.infer<(typeof SECTIONS)[Section]> };

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type WrittenDestination = WrittenConfig['destinations'][number];
type DimseDestination = Extract<WrittenDestination, { type: 'dimse' }> & { callingAeTitle: string };

/** The configuration, checked and complete: what was left to this software to choose is filled in. */
export type Config = DeepReadonly<
  Omit<WrittenConfig, 'destinations' | 'inference'> & {
    destinations: (DimseDestination | Exclude<WrittenDestination, { type: 'dimse' }>)[];
    inference: Omit<WrittenConfig['inference'], 'modelsDir'> & { modelsDir: string };
  }
>;
