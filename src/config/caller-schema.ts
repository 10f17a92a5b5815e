import { z } from 'zod';
import { addressOrRange, aeTitle } from './config-values.ts';

const conditions = z
  .strictObject({
    aeTitle: aeTitle.refine((title) => title !== '*', 'must be left out where any will do').exactOptional(),
    addresses: z.array(addressOrRange).min(1).exactOptional(),
    /** Attributes as OpenSSL writes them: CN, O, OU. */
    certificateSubject: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9.]*$/, 'must be an attribute such as CN'), z.string().min(1))
      .refine((subject) => Object.keys(subject).length > 0, 'must not be empty')
      .exactOptional(),
  })
  .refine((rule) => Object.keys(rule).length > 0, 'must name aeTitle, addresses or certificateSubject');

/** Who may store: an AE title, "*" for all, or conditions that must hold together. */
export const callerRule = z.union([z.literal('*'), conditions, aeTitle]);
