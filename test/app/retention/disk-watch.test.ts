import { expect, test } from 'vitest';
import { DiskWatch } from '../../../src/app/retention/disk-watch.ts';
import { freeBytes } from '../../../src/spool/disk-guard.ts';
import { temporaryFolder } from '../../support/running-app.ts';

const HOUR = 3_600_000;

test('a disk that fills is told hours before there is no room, and one that is emptied is no trouble any more', async () => {
  let clock = Date.UTC(2026, 2, 1);
  let free = 1000;
  const watch = new DiskWatch({ free: async () => free, reserveBytes: 100, now: () => clock });
  expect(await watch.look()).toEqual({ freeBytes: 1000, fullInHours: null });
  for (let minute = 0; minute < 300; minute++) {
    clock += HOUR / 60;
    free -= 1;
    await watch.look();
  }
  // 300 bytes in five hours; 600 are left above the reserve.
  const { fullInHours } = await watch.state();
  expect(fullInHours).toBeCloseTo(10);
  free = 100;
  expect(await watch.state()).toEqual({ freeBytes: 100, fullInHours: 0 });
  free = 1000;
  expect(await watch.state()).toEqual({ freeBytes: 1000, fullInHours: null });
});

test('a real disk tells how much room it has', async () => {
  const folder = await temporaryFolder();
  const watch = new DiskWatch({ free: () => freeBytes(folder.path), reserveBytes: 0, now: Date.now });
  expect((await watch.look()).freeBytes).toBeGreaterThan(0);
  await folder.remove();
  await expect(watch.look()).rejects.toMatchObject({ code: 'storage-failed' });
});
