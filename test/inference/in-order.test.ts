import { describe, expect, test } from 'vitest';
import { inOrder } from '../../src/inference/in-order.ts';

describe('inOrder', () => {
  test('runs at most so many at once and starts them in the order of arrival', async () => {
    const run = inOrder(2);
    const started: number[] = [];
    let running = 0;
    const works = Array.from({ length: 7 }, (_, index) =>
      run(async () => {
        started.push(index);
        running++;
        expect(running).toBeLessThanOrEqual(2);
        await new Promise((resolve) => setTimeout(resolve, (7 - index) * 2));
        running--;
        return index;
      }),
    );
    expect(await Promise.all(works)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('goes on after work that failed', async () => {
    const run = inOrder(1);
    const failed = run(() => Promise.reject(new Error('failed')));
    const next = run(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('failed');
    await expect(next).resolves.toBe('done');
  });
});
