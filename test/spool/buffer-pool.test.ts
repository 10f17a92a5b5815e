import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../src/spool/buffer-pool.ts';

describe('a buffer pool', () => {
  it('lends a buffer that came back, and never one to two at once', () => {
    const pool = new BufferPool(1e7);
    const first = pool.take(300_000);
    expect(first.length).toBeGreaterThanOrEqual(300_000);
    expect(pool.take(300_000)).not.toBe(first);
    pool.giveBack(first);
    expect(pool.take(1_000_000)).not.toBe(first);
    expect(pool.take(300_000)).toBe(first);
    expect(pool.take(300_000)).not.toBe(first);
  });

  it('keeps no more than it may', () => {
    const pool = new BufferPool(600_000);
    const [one, other] = [pool.take(500_000), pool.take(500_000)];
    pool.giveBack(one);
    pool.giveBack(other);
    expect(pool.take(1)).toBe(one);
    expect(pool.take(1)).not.toBe(other);
  });
});
