import { type ScheduledTask, schedule } from 'node-cron';
import { DatabaseCare } from '../app/database-care.ts';
import type { NodeContext } from '../app/node-context.ts';
import { DiskWatch } from '../app/retention/disk-watch.ts';
import { RetentionDuty } from '../app/retention/retention-duty.ts';
import type { Swept } from '../app/retention/sweep.ts';
import type { Config } from '../config/config-schema.ts';
import { messageOf } from '../core/errors.ts';
import type { Metrics } from '../http/metrics.ts';
import { freeBytes } from '../spool/disk-guard.ts';

/** Another process may have asked for something that retention removed. */
const WANTED_EVERY_MS = 2000;
const DISK_EVERY_MS = 60_000;
const MEGABYTE = 1024 * 1024;

/** What a node does besides receiving and sending, by the clock: retention, and the care for disk and database. */
export interface Upkeep {
  readonly disk: DiskWatch;
  readonly database: DatabaseCare;
  readonly retention: RetentionDuty;
  /** Ends after what is at work. */
  close(): Promise<void>;
}

/** Ends what an earlier run had begun to remove, and begins. @param wake has forwarders look into the outbox */
export async function startUpkeep(
  config: Config,
  { context, metrics, wake }: { readonly context: NodeContext; readonly metrics: Metrics; readonly wake: () => void },
): Promise<Upkeep> {
  const { retention: chosen, storage } = config;
  const free = (): Promise<number> => freeBytes(context.dataDir);
  const disk = new DiskWatch({ free, reserveBytes: storage.reserveMegabytes * MEGABYTE, now: context.now });
  const database = new DatabaseCare(context);
  const retention = new RetentionDuty(context, {
    settings: {
      days: daysOf(chosen.days),
      originalsOfTurnedDays: daysOf(chosen.originalsOfTurnedDays),
      freeBytes: (storage.reserveMegabytes + chosen.spareMegabytes) * MEGABYTE,
    },
    free,
    steady: () => performance.now(),
    onBack: wake,
  });
  await retention.restore();
  const count = (swept: Swept | undefined): void => {
    if (swept !== undefined) metrics.filesRemoved(swept.files, swept.bytes);
  };
  const lookAtDisk = async (): Promise<void> => {
    try {
      await disk.look();
      count(await retention.makeRoom());
    } catch (error) {
      context.log.error('disk-not-watched', { cause: messageOf(error) });
    }
  };
  void lookAtDisk();
  const timers = [
    setInterval(() => retention.wake(), WANTED_EVERY_MS),
    setInterval(() => void lookAtDisk(), DISK_EVERY_MS),
  ];
  const tasks: ScheduledTask[] = [
    schedule(config.schedule.retention, async () => count(await retention.sweep())),
    schedule(config.schedule.databaseCare, () => database.run()),
  ];
  return {
    disk,
    database,
    retention,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      for (const task of tasks) await task.destroy();
      await retention.close();
      await database.close();
    },
  };
}

function daysOf(written: number | 'never'): number | null {
  return written === 'never' ? null : written;
}
