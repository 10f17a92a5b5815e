import { z } from 'zod';
import { cursor, limit, moment, pageOf, uid } from './words.ts';

export const auditQuery = z.object({
  event: z.string().max(64).optional(),
  actor: z.string().max(64).optional(),
  study: uid.max(64).optional(),
  series: uid.max(64).optional(),
  from: moment.optional(),
  to: moment.optional(),
  limit: limit.default(100),
  cursor: cursor.optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

export const auditRow = z.object({
  seq: z.int(),
  at: moment,
  event: z.string(),
  actor: z.string(),
  subject: z.record(z.string(), z.unknown()),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export const auditPage = pageOf(auditRow);
export type AuditPage = z.infer<typeof auditPage>;
