import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AnnouncedInstance } from '../../src/app/ports.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { runCommand } from '../../src/cli/program.ts';
import { NodeError } from '../../src/core/errors.ts';
import { type StorageScp, startStorageScp } from '../../src/dimse/storage-scp.ts';
import { quarantine } from '../../src/spool/quarantine.ts';
import { auditEntries } from '../../src/store/audit-trail.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type FileIntake, fileIntake } from '../support/file-intake.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { part10Of } from '../support/part10-files.ts';
import { recordedLog } from '../support/recorded-log.ts';

const [ONE] = shortAxis('quarantine', { slices: 1 });
/** Anybody may give any name: whose account it was is on record, too. */
const ANNA = `anna (as ${userInfo().username})`;
const REASON = ['--reason', 'the sender was mended', '--by', 'anna'];
let folder = '';
let scp: StorageScp;
let intake: FileIntake;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cmr-quarantine-'));
  await (await openDatabase({ file: join(folder, 'node.sqlite') })).close();
  intake = await fileIntake(join(folder, 'intake'));
  const limits = { host: '127.0.0.1', port: 0, aeTitle: 'CMR_NODE', allowedCallers: ['*'] };
  scp = await startStorageScp({ ...limits, acceptAnyCalledAe: true, intake, log: recordedLog() });
  vi.stubEnv('CMR_NODE_DIMSE_PORT', String(scp.port));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await scp.close();
  await rm(folder, { recursive: true });
});

/** One instance in quarantine, whole or cut off. Its name. */
async function refused(dataSet: Uint8Array): Promise<string> {
  if (ONE === undefined) throw new Error('there is no instance');
  const bytes = part10Of({ ...ONE, dataSet });
  const path = join(folder, 'refused');
  await writeFile(path, bytes, { mode: 0o600 });
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = ONE;
  const sender = { via: 'dimse', callingAeTitle: 'MR\u001b[2J', calledAeTitle: 'NODE' } as const;
  const announced: AnnouncedInstance = { sopClassUid, sopInstanceUid, transferSyntaxUid, ...sender };
  const error = new NodeError('truncated', 'the data set ends inside an element');
  await quarantine(path, { error, announced, directory: join(folder, 'quarantine'), at: 1_700_000_000_000 });
  return '01700000000000-refused';
}

async function run(...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    }),
  );
  const code = await runCommand(['quarantine', ...argv, '--data-dir', folder]);
  for (const spy of spies) spy.mockRestore();
  return { code, out };
}

async function onRecord(): Promise<readonly unknown[]> {
  const db = await openDatabase({ file: join(folder, 'node.sqlite'), access: 'reader' });
  const entries = await auditEntries(db, { event: 'quarantine-released' }, { limit: 9 });
  await db.close();
  return entries.map(({ actor, detailJson }) => [actor, JSON.parse(detailJson).outcome]);
}

describe('bytes in quarantine', () => {
  test('are listed with why they were refused, and nothing that a terminal would obey', async () => {
    expect(await run('list')).toEqual({ code: EXIT.ok, out: '' });
    const name = await refused(Buffer.from(ONE?.dataSet ?? []));
    const { out } = await run('list');
    expect(out).toContain(`${name}  `);
    expect(out).toContain('truncated: the data set ends inside an element');
    expect(out).not.toContain('\u001b');
    expect(JSON.parse((await run('list', '--json')).out)).toMatchObject([{ name, code: 'truncated' }]);
  });

  test('are taken by the node once nothing is wrong with them, and are then gone from there', async () => {
    const name = await refused(Buffer.from(ONE?.dataSet ?? []));
    expect(await run('release', name, ...REASON)).toEqual({ code: EXIT.ok, out: `${name}: taken\n` });
    expect(intake.stored.map(({ announced }) => announced.sopInstanceUid)).toEqual([ONE?.sopInstanceUid]);
    expect(await readdir(join(folder, 'quarantine'))).toEqual([]);
    expect(await onRecord()).toEqual([[ANNA, 'taken']]);
  });

  test('stay where the node refuses them again', async () => {
    const name = await refused(Buffer.from('no data set'));
    const { code, out } = await run('release', name, ...REASON);
    expect([code, out]).toEqual([EXIT.failed, expect.stringContaining(`${name}: refused: `)]);
    expect(await readdir(join(folder, 'quarantine'))).toHaveLength(2);
    expect(await onRecord()).toEqual([[ANNA, 'refused']]);
  });

  test('can be had as files, to be looked at; they stay', async () => {
    const name = await refused(Buffer.from(ONE?.dataSet ?? []));
    const out = join(folder, 'out');
    expect((await run('release', name, '--to', out, ...REASON)).code).toBe(EXIT.ok);
    expect(await readFile(join(out, `${name}.dcm`))).toEqual(part10Of(ONE as never));
    expect(await readdir(join(folder, 'quarantine'))).toHaveLength(2);
    expect((await run('release', name, '--to', out, ...REASON)).code).toBe(EXIT.failed);
    expect((await run('release', '../node', ...REASON)).code).toBe(EXIT.failed);
    expect(await onRecord()).toEqual([[ANNA, 'copied']]);
  });
});
