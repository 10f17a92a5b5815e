import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tagOf } from '../../src/core/attributes/tags.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { readFileMeta } from '../../src/part10/read-file-meta.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { MemoryWatch } from './memory.ts';
import { runProgram } from './processes.ts';
import type { Relay } from './relays.ts';
import { INSTANCES, type SeriesTemplate } from './series-template.ts';
import type { Sink } from './sink.ts';

/** One series through one relay. Times in seconds. */
export interface Passage {
  /** Until the sender had its last answer. */
  readonly in: number;
  /** From the last answer to the sender until the archive held the last instance. */
  readonly after: number;
  readonly megabytes: number;
}

const PATIENCE_MS = 60_000;
/** What a relay does after the last delivery should not count for the next one. */
const PAUSE_MS = 300;

export async function passage(
  relay: Relay,
  { template, folder, sink }: { readonly template: SeriesTemplate; readonly folder: string; readonly sink: Sink },
): Promise<Passage> {
  const files = join(folder, 'outgoing');
  await template.write(files);
  await sink.empty();
  const memory = new MemoryWatch(relay.pid);
  memory.start();
  const started = performance.now();
  const { aeTitle, port } = relay;
  await runProgram('storescu', ['-pdu', '131072', '+sd', '-aec', aeTitle, '127.0.0.1', String(port), files]);
  const received = performance.now();
  await sink.holds(INSTANCES, PATIENCE_MS);
  const archived = performance.now();
  const megabytes = memory.stop();
  await assertForwarded(relay, await sink.anyFile());
  await relay.tidy();
  await delay(PAUSE_MS);
  return { in: (received - started) / 1000, after: (archived - received) / 1000, megabytes };
}

/** A way that does not do its work may be as fast as it likes. */
async function assertForwarded({ name, turns }: Relay, file: string): Promise<void> {
  const bytes = await readFile(file);
  const { meta, dataSetOffset } = readFileMeta(bytes)!;
  const dataSet = DataSet.read(bytes.subarray(dataSetOffset), encodingOf(meta.transferSyntaxUid)!);
  const turned = dataSet.strings(tagOf('ImageType'))?.[0] === 'DERIVED';
  if (turned !== turns) throw new Error(`${name} forwarded a series that is ${turned ? '' : 'not '}turned`);
}
