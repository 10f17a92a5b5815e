/**
 * Loaded before the node (node --import): kills the whole process at one named step of its work, as a power failure
 * would. CHAOS_STEP names the step, CHAOS_COUNT how many times it is let pass first. The node itself knows nothing of it.
 */
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const step = process.env.CHAOS_STEP;
let left = Number(process.env.CHAOS_COUNT ?? 0);

function reached(name) {
  if (name !== step) return;
  if (left-- > 0) return;
  process.kill(process.pid, 'SIGKILL');
}

/** Calls the named step before and after what the object does by this name. */
function around(object, name, { before, after }) {
  const original = object[name];
  object[name] = function (...values) {
    before?.(...values);
    const result = original.apply(this, values);
    if (after === undefined) return result;
    if (typeof result?.then !== 'function') {
      after(...values);
      return result;
    }
    return result.then((value) => {
      after(...values);
      return value;
    });
  };
}

const isSpool = (path) => /[\\/]spool[\\/]/.test(String(path));
const isResult = (path) => /[\\/]results[\\/]/.test(String(path));

const probe = await fs.promises.open(new URL(import.meta.url), 'r');
const handle = Object.getPrototypeOf(probe);
await probe.close();
around(handle, 'datasync', { before: () => reached('received, not synced') });
// Folders are synced at the start, too: only those of instances count.
let renamed = false;
around(handle, 'sync', { after: () => renamed && reached('name synced, not answered') });
around(fs.promises, 'rename', {
  before: (from) => isSpool(from) && reached('synced, not renamed'),
  after: (from) => {
    if (!isSpool(from)) return;
    renamed = true;
    reached('renamed, name not synced');
  },
});
around(fs, 'openSync', { before: (path) => isResult(path) && reached('decided, not rewritten') });
around(fs, 'renameSync', {
  before: (from) => isResult(from) && reached('rewritten, not renamed'),
  after: (from) => isResult(from) && reached('rewritten, not on record'),
});
syncBuiltinESMExports();

/** What the transaction under way has written so far. */
let written = '';
const sqlite = createRequire(new URL('../../package.json', import.meta.url))('sqlite3');
const prepare = sqlite.Database.prototype.prepare;
sqlite.Database.prototype.prepare = function (sql, ...rest) {
  const statement = prepare.call(this, sql, ...rest);
  const run = statement.run;
  statement.run = function (...values) {
    if (sql.startsWith('begin')) written = '';
    else written += sql;
    if (sql !== 'commit') return run.apply(this, values);
    const work = workOf(written);
    reached(`${work}, not committed`);
    const settled = values.pop();
    return run.call(this, ...values, function (...results) {
      reached(`${work}, committed`);
      return settled.apply(this, results);
    });
  };
  return statement;
};

function workOf(sql) {
  if (/insert into decisions /.test(sql)) return 'decided and queued';
  if (/insert into delivery_attempts /.test(sql)) return 'sent';
  if (/insert into instances /.test(sql)) return 'admitted';
  return 'something else';
}
