import { z } from 'zod';
import { parseTimeWindow } from '../core/delivery/time-window.ts';
import { aeTitle, host, name, path, peerPort, positiveSeconds } from './config-values.ts';
import { destinationTlsSchema } from './tls-schema.ts';

const concurrency = z.int().min(1).max(64);

/** Whether and how the archive is asked to commit to what it took (PS3.4 annex J). */
const storageCommitment = z.strictObject({
  request: z.boolean().default(false),
  groupSeconds: positiveSeconds.default(10),
  answerMinutes: z.number().gt(0).max(10_080).default(60),
});

/** What every kind of destination has. */
const common = {
  name,
  default: z.boolean().default(false),
  /** Outside of these nothing is sent; none: always. */
  windows: z
    .array(
      z
        .string()
        .refine(
          (text) => parseTimeWindow(text) !== undefined,
          'must be a range such as 18:00-06:00 or Mon-Fri 18:00-06:00',
        ),
    )
    .default([]),
  /** The destination that gets what waits, too, when this one took nothing for so long. */
  alternate: name.exactOptional(),
  alternateAfterSeconds: positiveSeconds.default(900),
};

const dimseDestination = z.strictObject({
  ...common,
  type: z.literal('dimse'),
  host,
  port: peerPort,
  /** Without it the archive is spoken to in clear text. */
  tls: destinationTlsSchema.exactOptional(),
  calledAeTitle: aeTitle,
  /** Where it is not given: `dimse.aeTitle`. */
  callingAeTitle: aeTitle.exactOptional(),
  passOnSourceAeTitle: z.boolean().default(false),
  concurrency: concurrency.default(4),
  timeouts: z
    .strictObject({
      connectSeconds: positiveSeconds.exactOptional(),
      associationSeconds: positiveSeconds.exactOptional(),
      responseSeconds: positiveSeconds.exactOptional(),
      idleReleaseSeconds: positiveSeconds.exactOptional(),
    })
    .default({}),
  storageCommitment: storageCommitment.prefault({}),
});

const serviceAddress = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .refine((url) => !/^[^/]*\/\/[^/]*@/.test(url), 'must not hold a user name or password: put them under headers')
  .refine((url) => !/[?#]/.test(url), 'must be a base address without a query or fragment');

/** The words of RFC 9110 5.6.2 and 5.5. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of an HTTP header');
const headers = z.record(
  headerName,
  z.string().regex(/^[\t -~\u0080-\u00ff]*$/, 'must be the value of an HTTP header'),
);

const stowDestination = z.strictObject({
  ...common,
  type: z.literal('stow'),
  url: serviceAddress,
  concurrency: concurrency.default(2),
  /** Such as Authorization. Secret. */
  headers: headers.default({}),
  /** The same, each in a file of its own. */
  headerFiles: z.record(headerName, path).default({}),
  /** Where the system does not believe its certificate, or it wants one of this node. */
  tls: destinationTlsSchema.exactOptional(),
  timeoutSeconds: positiveSeconds.default(120),
});

/** An archive, as a site writes it. */
export const destinationSchema = z.discriminatedUnion('type', [dimseDestination, stowDestination]);
