import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/http/metrics.ts';

describe('the metrics', () => {
  test('count what happened under the names that dashboards rely on', async () => {
    const metrics = createMetrics();
    metrics.instanceReceived('stow', 'stored');
    metrics.instanceReceived('stow', 'stored');
    metrics.decided({ decision: 'pass-through', reason: 'contradiction', kind: 'cine' });
    metrics.delivered('archive', 'unreachable');
    metrics.outboxPending('archive', 7);
    metrics.seriesOpen(2);
    metrics.classified(0.2);
    metrics.seriesQueued(3);
    const { text, contentType } = await metrics.expose();
    expect(contentType).toContain('text/plain');
    for (const line of [
      'cmr_node_instances_received_total{via="stow",result="stored"} 2',
      'cmr_node_decisions_total{decision="pass-through",reason="contradiction",kind="cine"} 1',
      'cmr_node_deliveries_total{destination="archive",outcome="unreachable"} 1',
      'cmr_node_outbox_pending{destination="archive"} 7',
      'cmr_node_series_open 2',
      'cmr_node_classify_seconds_count 1',
      'cmr_node_series_seconds_sum 3',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('process_resident_memory_bytes');
  });

  test('of two nodes in one process are counted apart', async () => {
    const [first, second] = [createMetrics(), createMetrics()];
    first.seriesOpen(5);
    expect((await second.expose()).text).toContain('cmr_node_series_open 0');
  });
});
