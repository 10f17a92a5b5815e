import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';

function faultsOf(env: Readonly<Record<string, string>>): string {
  try {
    loadConfig({ env });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the configuration of retention', () => {
  it('keeps originals of turned series for ever unless the site says otherwise', () => {
    expect(loadConfig({ env: {} }).retention).toMatchObject({ days: 30, originalsOfTurnedDays: 'never' });
  });

  it('can be told to remove nothing, and originals after no fewer days than what was derived of them', () => {
    expect(loadConfig({ env: { CMR_NODE_RETENTION_DAYS: 'never' } }).retention.days).toBe('never');
    expect(faultsOf({ CMR_NODE_RETENTION_ORIGINALS_OF_TURNED_DAYS: '30' })).toBe('');
    for (const env of [
      { CMR_NODE_RETENTION_ORIGINALS_OF_TURNED_DAYS: '29' },
      { CMR_NODE_RETENTION_DAYS: 'never', CMR_NODE_RETENTION_ORIGINALS_OF_TURNED_DAYS: '400' },
    ]) {
      expect(faultsOf(env)).toMatch(/retention\.originalsOfTurnedDays.*must be never or at least retention\.days/s);
    }
  });

  it('refuses days that are none and cron expressions that nobody could follow, before anything starts', () => {
    for (const days of ['0', '-1', '1.5', 'soon']) {
      expect(faultsOf({ CMR_NODE_RETENTION_DAYS: days }), days).toContain('retention.days: must be');
    }
    for (const cron of ['at night', '61 2 * * *', '']) {
      expect(faultsOf({ CMR_NODE_SCHEDULE_RETENTION: cron }), cron).toContain('must be a cron expression');
    }
    expect(faultsOf({ CMR_NODE_SCHEDULE_DATABASE_CARE: '0 4 * * 7' })).toBe('');
  });
});
