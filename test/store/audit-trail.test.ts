import { describe, expect, test } from 'vitest';
import { type AuditEntry, appendAudit } from '../../src/store/audit.ts';
import { auditEntries, auditOfSeries } from '../../src/store/audit-trail.ts';
import type { SqlValue } from '../../src/store/connection.ts';
import type { Reader } from '../../src/store/database.ts';
import { NOON, STUDY } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

function entry(at: number, overrides: Partial<AuditEntry> = {}): AuditEntry {
  const subject = { studyInstanceUid: STUDY, seriesInstanceUid: `${STUDY}.1` };
  return { at: NOON + at, event: 'series-decided', actor: 'node', subject, detail: {}, ...overrides };
}

async function trail(entries: readonly AuditEntry[]) {
  const database = await temporaryDatabase();
  await database.transaction((tx) => appendAudit(tx, entries));
  return database;
}

describe('the audit trail', () => {
  test('is read newest first, page after page, without a gap where many entries are of one moment', async () => {
    const database = await trail([0, 5, 5, 5, 3, 5, 9].map((at) => entry(at)));
    const all = await auditEntries(database, {}, { limit: 100 });
    expect(all.map(({ seq }) => seq)).toEqual([7, 6, 4, 3, 2, 5, 1]);
    const paged: number[] = [];
    for (let after: (typeof all)[number] | undefined; ; ) {
      const page = await auditEntries(database, {}, { after, limit: 2 });
      if (page.length === 0) break;
      paged.push(...page.map(({ seq }) => seq));
      after = page.at(-1);
    }
    expect(paged).toEqual([7, 6, 4, 3, 2, 5, 1]);
  });

  test('is narrowed by event, person, study, series and time', async () => {
    const other = { studyInstanceUid: '1.9', seriesInstanceUid: '1.9.1' };
    const database = await trail([
      entry(0),
      entry(1, { actor: 'ann', event: 'series-reviewed' }),
      entry(2, { subject: other }),
      entry(3, { subject: { seriesInstanceUid: `${STUDY}.1` } }),
      entry(4, { subject: {} }),
    ]);
    const seqs = async (filter: Parameters<typeof auditEntries>[1]) =>
      (await auditEntries(database, filter, { limit: 9 })).map(({ seq }) => seq);
    expect(await seqs({ event: 'series-reviewed' })).toEqual([2]);
    expect(await seqs({ actor: 'ann', event: 'series-decided' })).toEqual([]);
    expect(await seqs({ studyInstanceUid: STUDY })).toEqual([2, 1]);
    expect(await seqs({ seriesInstanceUid: `${STUDY}.1` })).toEqual([4, 2, 1]);
    expect(await seqs({ from: NOON + 1, before: NOON + 3 })).toEqual([3, 2]);
  });

  test('of one series is oldest first, without what names the series in another study', async () => {
    const seriesInstanceUid = `${STUDY}.1`;
    const database = await trail([
      entry(1),
      entry(0, { subject: { seriesInstanceUid } }),
      entry(2, { subject: { studyInstanceUid: '1.9', seriesInstanceUid } }),
    ]);
    const rows = await auditOfSeries(database, { studyInstanceUid: STUDY, seriesInstanceUid });
    expect(rows.map(({ seq }) => seq)).toEqual([2, 1]);
  });

  test('is never read from end to end, and never sorted', async () => {
    const database = await trail([entry(0)]);
    const asked: { sql: string; values: readonly SqlValue[] }[] = [];
    const watched: Reader = {
      all: (sql, values = []) => {
        asked.push({ sql, values });
        return database.all(sql, values);
      },
    };
    const after = { at: NOON, seq: 5 };
    await auditEntries(watched, {}, { limit: 9 });
    await auditEntries(watched, { from: 0, before: 5 }, { limit: 9, after });
    await auditEntries(watched, { event: 'e', from: 0 }, { limit: 9, after });
    await auditEntries(watched, { actor: 'a' }, { limit: 9 });
    await auditEntries(watched, { studyInstanceUid: '1' }, { limit: 9, after });
    await auditEntries(watched, { seriesInstanceUid: '1' }, { limit: 9 });
    await auditOfSeries(watched, { studyInstanceUid: '1', seriesInstanceUid: '1' });
    for (const { sql, values } of asked) {
      const plan = await database.all<{ detail: string }>(`explain query plan ${sql}`, values);
      const steps = plan.map(({ detail }) => detail).join('; ');
      expect(steps, sql).toMatch(/USING INDEX audit_by_/);
      expect(steps, sql).not.toMatch(/TEMP B-TREE/);
    }
  });
});
