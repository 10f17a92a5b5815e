import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LIVE_TOPICS, type LiveTopic } from '../../src/api/live.ts';
import { LiveChanges } from '../../src/app/live-changes.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { eventually } from '../support/eventually.ts';
import { recordedLog } from '../support/recorded-log.ts';

const EVERY_MS = 10;
const SERIES = `insert into series (study_instance_uid, series_instance_uid, part, state, first_received_at,
  last_received_at, flags_json) values ('1', '2', ?, 'receiving', 1, 1, '[]')`;

describe('live changes', () => {
  let folder: string;
  let db: Database;
  let live: LiveChanges;
  let asked: number;
  const log = recordedLog();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'live-'));
    db = await openDatabase({ file: join(folder, 'node.sqlite') });
    asked = 0;
    const counting: Database = {
      ...db,
      all: (sql, parameters) => {
        asked += 1;
        return db.all(sql, parameters);
      },
    };
    live = new LiveChanges({ db: counting, log }, EVERY_MS);
  });

  afterEach(async () => {
    await live.close();
    await db.close();
    await rm(folder, { recursive: true });
  });

  function listening() {
    const told: LiveTopic[] = [];
    let ended = false;
    const stop = live.listen({
      changed: (topics) => told.push(...topics),
      ended: () => {
        ended = true;
      },
    });
    return { told, stop, hasEnded: () => ended };
  }

  const looked = (times: number) => {
    const before = asked;
    return eventually(
      () => asked - before,
      (looks) => looks >= times,
      { what: 'looks into the database' },
    );
  };

  test('are told by topic, once, and not what was there before', async () => {
    await db.transaction((tx) => tx.run(SERIES, ['a']));
    const { told } = listening();
    await looked(2);
    expect(told).toEqual([]);
    await db.transaction((tx) => tx.run(SERIES, ['b']));
    await eventually(
      () => told.length,
      (length) => length > 0,
      { what: 'a change' },
    );
    await looked(3);
    expect(told).toEqual(['series']);
    await db.transaction((tx) => tx.run(`insert into delivery_counts values ('archive', 'dead', 1)`));
    await eventually(
      () => told,
      (topics) => topics.includes('deliveries'),
      { what: 'a change of deliveries' },
    );
    expect(told).toEqual(['series', 'deliveries']);
  });

  test('are seen of a command beside the node, too', async () => {
    const { told } = listening();
    await looked(2);
    const guest = await openDatabase({ file: db.file, access: 'guest' });
    await guest.transaction((tx) => tx.run(SERIES, ['a']));
    await guest.close();
    await eventually(
      () => told,
      (topics) => topics.includes('series'),
      { what: 'the change of the other' },
    );
  });

  test('of a batch are told while it runs', async () => {
    await db.transaction((tx) =>
      tx.run(`insert into batches (order_json, by, created_at, state) values ('{}', 'anna', 1, 'running')`),
    );
    const { told } = listening();
    await looked(2);
    await db.transaction((tx) => tx.run('update batches set series_done = 1'));
    await eventually(
      () => told,
      (topics) => topics.includes('batches'),
      { what: 'a change of the batch' },
    );
  });

  test('ask the database nothing while nobody listens', async () => {
    const { told, stop } = listening();
    await looked(3);
    stop();
    await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
    expect([asked, told]).toEqual([before, []]);
    listening();
    await looked(2);
  });

  test('are told each listener from when it came', async () => {
    const first = listening();
    await looked(2);
    await db.transaction((tx) => tx.run(SERIES, ['a']));
    await eventually(
      () => first.told.length,
      (length) => length > 0,
      { what: 'a change' },
    );
    const second = listening();
    await looked(3);
    expect([first.told, second.told]).toEqual([['series'], []]);
  });

  test('end for everybody when the node stops, and at once for who comes later', async () => {
    const { hasEnded } = listening();
    await live.close();
    expect([hasEnded(), listening().hasEnded()]).toEqual([true, true]);
  });

  test('go on after the database could not be read, and say so', async () => {
    let isBroken = false;
    const broken: Database = {
      ...db,
      all: (sql, parameters) => (isBroken ? Promise.reject(new Error('no disk')) : db.all(sql, parameters)),
    };
    const other = new LiveChanges({ db: broken, log }, EVERY_MS);
    const told: LiveTopic[] = [];
    other.listen({ changed: (topics) => told.push(...topics), ended: () => {} });
    await new Promise((resolve) => setTimeout(resolve, 3 * EVERY_MS));
    isBroken = true;
    await eventually(
      () => log.events,
      (events) => events.some((one) => one.event === 'live-changes-not-read'),
      {
        what: 'a warning',
      },
    );
    isBroken = false;
    await db.transaction((tx) => tx.run(SERIES, ['a']));
    await eventually(
      () => told,
      (topics) => topics.includes('series'),
      { what: 'the change' },
    );
    expect(LIVE_TOPICS).toEqual(expect.arrayContaining(told));
    await other.close();
  });
});
