import type { AuditQuery } from '../../api/audit.ts';

export type AuditFilter = Partial<Omit<AuditQuery, 'limit' | 'cursor'>>;

const TEXTS = ['event', 'actor', 'study', 'series'] as const;
const MOMENTS = ['from', 'to'] as const;

/** What an address asks for; what it says wrongly is as if it were not there. */
export function auditFilterOf(search: string): AuditFilter {
  const given = new URLSearchParams(search);
  const filter: Record<string, string> = {};
  for (const name of TEXTS) {
    const text = given.get(name)?.trim();
    if (text) filter[name] = text;
  }
  for (const name of MOMENTS) {
    const moment = new Date(given.get(name) ?? '');
    if (!Number.isNaN(moment.getTime())) filter[name] = moment.toISOString();
  }
  return filter;
}
