import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningNode } from '../support/running-node.ts';

/** What is measured at one moment. Bytes are those of files, not of blocks. */
export const COLUMNS = {
  seconds: 'seconds since the beginning',
  process: 'which process of the node',
  instances: 'instances acknowledged',
  instancesPerSecond: 'acknowledged per second of sending',
  nodeMegabytes: 'resident memory of the node, MB',
  recogniserMegabytes: 'resident memory of the recogniser, MB',
  descriptors: 'open descriptors of the node',
  loopDelayMs: 'event-loop delay, 99th percentile, ms',
  files: 'files in the data folder',
  fileMegabytes: 'their size, MB',
  databaseMegabytes: 'node.sqlite, MB',
  walMegabytes: 'write-ahead log, MB',
  queue: 'deliveries waiting',
} as const;
export type Sample = Readonly<Record<keyof typeof COLUMNS, number>>;

const PAGE_BYTES = 4096;
const MEGABYTE = 1e6;

/** Linux only: from /proc, from the metrics of the node and from its data folder. */
export async function measureNode(
  node: Pick<RunningNode, 'pid' | 'httpUrl'>,
  dataDir: string,
): Promise<Omit<Sample, 'seconds' | 'process' | 'instances' | 'instancesPerSecond' | 'files' | 'fileMegabytes'>> {
  const metrics = await (await fetch(`${node.httpUrl}/metrics`)).text();
  return {
    nodeMegabytes: residentBytes(node.pid) / MEGABYTE,
    recogniserMegabytes: childrenOf(node.pid).reduce((sum, pid) => sum + residentBytes(pid), 0) / MEGABYTE,
    descriptors: readdirSync(`/proc/${node.pid}/fd`).length,
    loopDelayMs: sumOf(metrics, 'nodejs_eventloop_lag_p99_seconds') * 1000,
    databaseMegabytes: sizeIfThere(join(dataDir, 'node.sqlite')) / MEGABYTE,
    walMegabytes: sizeIfThere(join(dataDir, 'node.sqlite-wal')) / MEGABYTE,
    queue: sumOf(metrics, 'cmr_node_outbox_pending'),
  };
}

function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
}

function childrenOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}

/** Of all series of one metric in the text format of Prometheus. */
function sumOf(metrics: string, name: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Looking at every file takes time of the node's disk: a twentieth of all at most, and between it the last answer stands. */
export function folderMeasure(folder: string): () => Promise<Pick<Sample, 'files' | 'fileMegabytes'>> {
  let last = { files: 0, fileMegabytes: 0 };
  let next = 0;
  return async () => {
    const began = performance.now();
    if (began < next) return last;
    const { files, bytes } = await sizeOf(folder);
    last = { files, fileMegabytes: bytes / MEGABYTE };
    next = performance.now() + 20 * (performance.now() - began);
    return last;
  };
}

async function sizeOf(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  let files = 0;
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // It may be gone by now.
    const size = await stat(join(entry.parentPath, entry.name)).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) continue;
    files += 1;
    bytes += size;
  }
  return { files, bytes };
}

function sizeIfThere(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
