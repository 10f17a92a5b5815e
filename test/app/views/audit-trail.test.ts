import { describe, expect, test } from 'vitest';
import { auditPage, auditQuery } from '../../../src/api/audit.ts';
import { auditTrail } from '../../../src/app/views/audit-trail.ts';
import { recordRead } from '../../../src/app/views/record-read.ts';
import { appendAudit } from '../../../src/store/audit.ts';
import { verifyAudit } from '../../../src/store/verify-audit.ts';
import { NOON, STUDY } from '../../store/sample-records.ts';
import { temporaryDatabase } from '../../store/temporary-database.ts';

const ANN = { name: 'ann', role: 'administrator' } as const;
const SERIES = `${STUDY}.1`;

async function trail() {
  const db = await temporaryDatabase();
  const clock = { at: NOON };
  const context = { db, now: () => clock.at };
  const read = async (query: Record<string, unknown>) =>
    auditPage.parse(await auditTrail(auditQuery.parse(query), ANN, context));
  return { db, clock, context, read };
}

describe('looking at the audit trail', () => {
  test('is an entry of its own, with the filter, and the chain holds', async () => {
    const { db, read } = await trail();
    const page = await read({ event: 'audit-read', study: STUDY, limit: '5' });
    expect(page.items).toHaveLength(1);
    expect(page.items[0]).toMatchObject({
      seq: 1,
      at: new Date(NOON).toISOString(),
      actor: 'ann',
      subject: { studyInstanceUid: STUDY },
      detail: { event: 'audit-read', study: STUDY },
    });
    expect(await verifyAudit(db)).toMatchObject({ ok: true });
  });

  test('goes on page by page behind the last entry, whatever came in meanwhile', async () => {
    const { db, read } = await trail();
    const entry = { at: NOON, event: 'e', actor: 'node', subject: {}, detail: {} };
    await db.transaction((tx) => appendAudit(tx, [entry, entry, entry, entry, entry]));
    const seqs: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await read({ event: 'e', limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      seqs.push(...page.items.map(({ seq }) => seq));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seqs).toEqual([5, 4, 3, 2, 1]);
    await expect(read({ cursor: '7' })).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('looking at a series', () => {
  test('is one entry for each person, series and ten minutes', async () => {
    const { clock, context, db } = await trail();
    const view = { asker: ANN, event: 'series-viewed', study: STUDY, series: SERIES } as const;
    await Promise.all([recordRead(view, context), recordRead(view, context)]);
    clock.at += 599_999;
    await recordRead(view, context);
    await recordRead({ ...view, asker: { name: 'bob' } }, context);
    await recordRead({ ...view, event: 'instances-retrieved' }, context);
    await recordRead({ ...view, series: `${STUDY}.2` }, context);
    clock.at += 1;
    await recordRead(view, context);
    const rows = await db.all<{ actor: string; event: string; subject: string }>(
      'select actor, event, subject_json as subject from audit order by seq',
    );
    expect(rows.map(({ actor, event, subject }) => [actor, event, JSON.parse(subject).seriesInstanceUid])).toEqual([
      ['ann', 'series-viewed', SERIES],
      ['bob', 'series-viewed', SERIES],
      ['ann', 'instances-retrieved', SERIES],
      ['ann', 'series-viewed', `${STUDY}.2`],
      ['ann', 'series-viewed', SERIES],
    ]);
  });
});
