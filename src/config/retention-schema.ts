import { validate } from 'node-cron';
import { z } from 'zod';

/** Days are counted from the last thing that happened to a series: arrival, decision, review or delivery. */
const daysOrNever = z.union([z.int().min(1).max(100_000), z.literal('never')], {
  error: 'must be a number of days from 1, or never',
});

export const retentionSchema = z.strictObject({
  days: daysOrNever,
  originalsOfTurnedDays: daysOrNever,
  spareMegabytes: z.int().min(0).max(100_000_000),
});

const cron = z.string().refine((text) => validate(text), {
  error: 'must be a cron expression such as "30 2 * * *": minute, hour, day of month, month, day of week',
});

/** When, by the clock of this machine. */
export const scheduleSchema = z.strictObject({ retention: cron, databaseCare: cron });
