import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AuditEntry, appendAudit, auditHash, GENESIS_HASH } from '../../src/store/audit.ts';
import { Connection } from '../../src/store/connection.ts';
import type { Database } from '../../src/store/database.ts';
import { verifyAudit } from '../../src/store/verify-audit.ts';
import { NOON } from './sample-records.ts';
import { temporaryDatabase } from './temporary-database.ts';

function entry(n: number): AuditEntry {
  return {
    at: NOON + n,
    event: 'series-decided',
    actor: 'node',
    subject: { seriesInstanceUid: `1.2.${n}` },
    detail: { n },
  };
}

async function filled(count: number): Promise<Database> {
  const database = await temporaryDatabase();
  await database.transaction((tx) =>
    appendAudit(
      tx,
      Array.from({ length: count }, (_, n) => entry(n + 1)),
    ),
  );
  return database;
}

/** Edits the file as somebody with the sqlite3 shell would, the triggers out of the way. */
async function tamper(database: Database, edit: (raw: Connection) => Promise<unknown>): Promise<void> {
  const raw = await Connection.open({ file: database.file, access: 'write', busyTimeoutMs: 1000 });
  const triggers = await raw.all<{ name: string }>(
    "select name from sqlite_master where type = 'trigger' and name like 'audit%'",
  );
  for (const { name } of triggers) await raw.script(`drop trigger ${name}`);
  await edit(raw);
  await raw.close();
}

describe('audit', () => {
  test('an untouched chain is verified, empty or over several pages', async () => {
    expect(await verifyAudit(await temporaryDatabase())).toEqual({ ok: true, entries: 0 });
    expect(await verifyAudit(await filled(2500))).toEqual({ ok: true, entries: 2500 });
    expect(await verifyAudit(await filled(1000))).toEqual({ ok: true, entries: 1000 });
  });

  test('the chain goes on across transactions and restarts', async () => {
    const database = await filled(2);
    await database.close();
    const reopened = await temporaryDatabase({ file: database.file });
    const head = await reopened.transaction((tx) => appendAudit(tx, [entry(3)]));
    expect(head.seq).toBe(3);
    expect(await verifyAudit(reopened)).toEqual({ ok: true, entries: 3 });
  });

  test('the order of the keys in a subject does not matter to its hash', async () => {
    const texts = await Promise.all(
      [
        { a: 1, b: { c: 2, d: 3 } },
        { b: { d: 3, c: 2 }, a: 1 },
      ].map(async (detail) => {
        const database = await temporaryDatabase();
        return database.transaction((tx) => appendAudit(tx, [{ ...entry(1), detail }]));
      }),
    );
    expect(texts[0]).toEqual(texts[1]);
  });

  test('any text in an entry is verified after it was stored', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('\ud800', 'a\udc00b', '\0', ''),
    );
    const property = fc.asyncProperty(fc.array(fc.tuple(text, text, text), { maxLength: 5 }), async (texts) => {
      const database = await temporaryDatabase();
      const entries = texts.map(([event, actor, detail]) => ({
        ...entry(1),
        event,
        actor,
        detail: { [detail]: detail },
      }));
      await database.transaction((tx) => appendAudit(tx, entries));
      expect(await verifyAudit(database)).toEqual({ ok: true, entries: entries.length });
      await database.close();
    });
    await fc.assert(property, { numRuns: 15 });
  });

  test.each([
    ['changing an entry', "update audit set detail_json = '{}' where seq = 1"],
    ['removing an entry', 'delete from audit where seq = 1'],
    [
      'replacing an entry',
      "insert or replace into audit select seq, at, 'x', actor, subject_json, detail_json, previous_hash, hash from audit where seq = 1",
    ],
    ['replacing the end', "insert or replace into audit_head values (1, 9, '')"],
    ['moving the end back', 'update audit_head set seq = 0'],
    ['removing the end', 'delete from audit_head'],
  ])('%s is refused by the database itself', async (_, sql) => {
    const database = await filled(3);
    await expect(database.transaction((tx) => tx.run(sql))).rejects.toThrow('append-only');
    expect(await verifyAudit(database)).toEqual({ ok: true, entries: 3 });
  });

  test('any changed value is found, at its own entry', async () => {
    const columns = ['at', 'event', 'actor', 'subject_json', 'detail_json', 'previous_hash', 'hash'] as const;
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(...columns),
      async (seq, column) => {
        const database = await filled(6);
        await tamper(database, (raw) => raw.run(`update audit set ${column} = ${column} + 1 where seq = ${seq}`));
        expect(await verifyAudit(database)).toMatchObject({ ok: false, firstBadSeq: seq });
        await database.close();
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  test('any removed entries are found, the last ones and all of them included', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 5 }),
      async (first, more) => {
        const database = await filled(6);
        await tamper(database, (raw) => raw.run(`delete from audit where seq between ${first} and ${first + more}`));
        expect(await verifyAudit(database)).toMatchObject({ ok: false });
        await database.close();
      },
    );
    await fc.assert(property, { numRuns: 12 });
  });

  test('entries that are moved, repeated or put in anywhere are found, even with a hash that fits', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 7 }), async (seq) => {
      const database = await filled(6);
      await tamper(database, async (raw) => {
        await raw.run(`update audit set seq = -seq where seq >= ${seq}`);
        await raw.run('update audit set seq = 1 - seq where seq < 0');
        const [before] = await raw.all<{ hash: string }>(`select hash from audit where seq = ${seq - 1}`);
        const row = {
          seq,
          at: NOON,
          event: 'e',
          actor: 'a',
          subjectJson: '{}',
          detailJson: '{}',
          previousHash: before?.hash ?? GENESIS_HASH,
        };
        await raw.run('insert into audit values (?, ?, ?, ?, ?, ?, ?, ?)', [...Object.values(row), auditHash(row)]);
      });
      expect(await verifyAudit(database)).toMatchObject({ ok: false, firstBadSeq: seq === 7 ? 7 : seq + 1 });
      await database.close();
    });
    await fc.assert(property, { numRuns: 14 });
  });

  test('a chain that is rewritten from some entry on does not end as the record of its end says', async () => {
    const database = await filled(3);
    await tamper(database, async (raw) => {
      const [last] = await raw.all<{ previousHash: string }>(
        'select previous_hash as "previousHash" from audit where seq = 3',
      );
      const row = {
        seq: 3,
        at: 1,
        event: 'e',
        actor: 'a',
        subjectJson: '{}',
        detailJson: '{}',
        previousHash: last!.previousHash,
      };
      await raw.run(
        "update audit set at = 1, event = 'e', actor = 'a', subject_json = '{}', detail_json = '{}', hash = ? where seq = 3",
        [auditHash(row)],
      );
    });
    expect(await verifyAudit(database)).toMatchObject({ ok: false, firstBadSeq: 3 });
  });

  test('a chain whose record of its end is gone is not verified', async () => {
    const database = await filled(3);
    await tamper(database, (raw) => raw.run('delete from audit_head'));
    expect(await verifyAudit(database)).toMatchObject({ ok: false });
  });

  test('verifying beside a node that goes on writing finds nothing wrong', async () => {
    const database = await filled(3000);
    const writing = (async () => {
      for (let n = 0; n < 30; n += 1) await database.transaction((tx) => appendAudit(tx, [entry(n), entry(n)]));
    })();
    const verdicts = await Promise.all([verifyAudit(database), verifyAudit(database)]);
    await writing;
    expect(verdicts).toMatchObject([{ ok: true }, { ok: true }]);
  });
});
