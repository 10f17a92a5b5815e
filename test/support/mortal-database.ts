import { NodeError } from '../../src/core/errors.ts';
import type { Database } from '../../src/store/database.ts';

/** A database that is gone from the n-th transaction on: that one is the last that happens, or the first that does not. */
export function mortal(transactions: number, last: 'is kept' | 'is lost') {
  let left = transactions;
  let isArmed = false;
  let isDead = false;
  const dead = () => {
    isDead = true;
    return Promise.reject(new NodeError('database-failed', 'the process was killed'));
  };
  const wrap = (db: Database): Database => ({
    file: db.file,
    appliedMigrations: db.appliedMigrations,
    all: (sql, parameters) => (isDead ? dead() : db.all(sql, parameters)),
    transaction: async (work) => {
      if (isDead) return dead();
      if (!isArmed) return db.transaction(work);
      left -= 1;
      if (left > 0) return db.transaction(work);
      if (last === 'is kept') await db.transaction(work);
      return dead();
    },
    close: () => db.close(),
  });
  const arm = () => {
    isArmed = true;
  };
  return { wrap, arm, isDead: () => isDead };
}
