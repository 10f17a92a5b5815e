import express, { type Router } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isFromLoopback } from './loopback.ts';
import { mustBe } from './sign-in/must-be.ts';

/** What the node counts. Labels come from closed lists and destination names: never a UID. */
export interface Metrics {
  instanceReceived(via: 'dimse' | 'stow', result: 'stored' | 'duplicate' | 'quarantined' | 'failed'): void;
  seriesOpen(count: number): void;
  decided(decision: { readonly decision: string; readonly reason: string; readonly kind: string }): void;
  delivered(destination: string, outcome: 'stored' | 'warning' | 'refused' | 'unreachable' | 'failed'): void;
  outboxPending(destination: string, count: number): void;
  associationRejected(cause: string): void;
  certificateExpires(name: string, at: Date | undefined): void;
  /** Room on the disk, and in how many hours there will be none: null where that is not in sight. */
  disk(freeBytes: number, fullInHours: number | null): void;
  /** By retention. */
  filesRemoved(files: number, bytes: number): void;
  /** Given up, and not because a later decision took its place. */
  outboxDead(destination: string, count: number): void;
  /** Recognising one series. */
  classified(seconds: number): void;
  /** From a series being complete to its instances standing in the outbox. */
  seriesQueued(seconds: number): void;
  /** The Prometheus text format. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const SECONDS_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[]) =>
    new Counter({ name, help, labelNames, registers });
  const seconds = (name: string, help: string) => new Histogram({ name, help, buckets: SECONDS_BUCKETS, registers });
  const received = counter('cmr_node_instances_received_total', 'Instances received', ['via', 'result']);
  const decisions = counter('cmr_node_decisions_total', 'Series decided', ['decision', 'reason', 'kind']);
  const deliveries = counter('cmr_node_deliveries_total', 'Attempts to deliver an instance', [
    'destination',
    'outcome',
  ]);
  const open = new Gauge({ name: 'cmr_node_series_open', help: 'Series not complete yet', registers });
  const pending = new Gauge({
    name: 'cmr_node_outbox_pending',
    help: 'Instances waiting to be delivered',
    labelNames: ['destination'],
    registers,
  });
  const rejections = counter('cmr_node_associations_rejected_total', 'Associations not let in', ['cause']);
  const expiry = new Gauge({
    name: 'cmr_node_certificate_expiry_timestamp_seconds',
    help: 'When a certificate of the node ends',
    labelNames: ['name'],
    registers,
  });
  const diskFree = new Gauge({
    name: 'cmr_node_disk_free_bytes',
    help: 'Room on the disk of the data folder',
    registers,
  });
  const diskFull = new Gauge({
    name: 'cmr_node_disk_full_hours',
    help: 'Until nothing more is accepted, at the rate of the last 24 hours; +Inf where that is not in sight',
    registers,
  });
  const removed = counter('cmr_node_retention_files_total', 'Files that retention removed', []);
  const removedBytes = counter('cmr_node_retention_bytes_total', 'Their size', []);
  const dead = new Gauge({
    name: 'cmr_node_outbox_dead',
    help: 'Instances given up, until somebody retries them',
    labelNames: ['destination'],
    registers,
  });
  const classify = seconds('cmr_node_classify_seconds', 'Recognising one series');
  const series = seconds('cmr_node_series_seconds', 'From a series being complete to its instances being queued');
  return {
    instanceReceived: (via, result) => received.inc({ via, result }),
    seriesOpen: (count) => open.set(count),
    decided: ({ decision, reason, kind }) => decisions.inc({ decision, reason, kind }),
    delivered: (destination, outcome) => deliveries.inc({ destination, outcome }),
    outboxPending: (destination, count) => pending.set({ destination }, count),
    associationRejected: (cause) => rejections.inc({ cause }),
    certificateExpires: (name, at) => {
      if (at !== undefined) expiry.set({ name }, at.getTime() / 1000);
    },
    disk: (freeBytes, fullInHours) => {
      diskFree.set(freeBytes);
      diskFull.set(fullInHours ?? Number.POSITIVE_INFINITY);
    },
    filesRemoved: (files, bytes) => {
      removed.inc(files);
      removedBytes.inc(bytes);
    },
    outboxDead: (destination, count) => dead.set({ destination }, count),
    classified: (duration) => classify.observe(duration),
    seriesQueued: (duration) => series.observe(duration),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

/** `GET /metrics`: open on this machine, with sign-in from elsewhere. */
export function metricsRouter(metrics: Pick<Metrics, 'expose'>): Router {
  const router = express.Router();
  const mustView = mustBe('viewer');
  router.get(
    '/metrics',
    (request, response, next) => (isFromLoopback(request) ? next() : mustView(request, response, next)),
    async (_request, response) => {
      const { contentType, text } = await metrics.expose();
      response.setHeader('Content-Type', contentType);
      response.end(text);
    },
  );
  return router;
}
