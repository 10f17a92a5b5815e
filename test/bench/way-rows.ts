import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireTool } from '../support/tools.ts';
import { greatest, type Measured, smallest } from './measure.ts';
import { type Relay, type RelayPlace, startDcmtkRelay, startNodeRelay, startOrthancRelay } from './relays.ts';
import type { Row } from './report.ts';
import { INSTANCES, type SeriesTemplate } from './series-template.ts';
import { startSink } from './sink.ts';
import { type Passage, passage } from './whole-way.ts';

export interface WayOptions {
  /** Of node, orthanc, dcmtk. */
  readonly relays: readonly string[];
  /** How often each series is sent, after one round that does not count. */
  readonly rounds: number;
  /** Main module of the node. */
  readonly program: string;
}

/** All relays run at once and take turns, so that whatever else the machine does meets all of them alike. */
export async function wayRows(templates: readonly SeriesTemplate[], options: WayOptions): Promise<Row[]> {
  if (requireTool('storescu') === undefined || requireTool('storescp') === undefined) return [];
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const sink = await startSink(join(folder, 'sink'));
  const relays: Relay[] = [];
  try {
    for await (const relay of chosenRelays({ folder, sinkPort: sink.port }, options)) relays.push(relay);
    const passages = new Map<string, Passage[]>();
    for (let round = 0; round <= options.rounds; round++) {
      for (const template of templates) {
        for (const relay of relays) {
          const done = await passage(relay, { template, folder, sink });
          const key = `${relay.name} ${template.size}`;
          if (round > 0) passages.set(key, [...(passages.get(key) ?? []), done]);
        }
      }
    }
    return rowsOf(passages, { relays, sizes: templates.map(({ size }) => size) });
  } finally {
    for (const relay of relays) await relay.stop();
    await sink.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function* chosenRelays(place: RelayPlace, { relays: names, program }: WayOptions): AsyncGenerator<Relay> {
  if (names.includes('node')) yield await startNodeRelay(place, program);
  const orthanc = names.includes('orthanc') ? await startOrthancRelay(place) : undefined;
  if (orthanc !== undefined) yield orthanc;
  const dcmtk = names.includes('dcmtk') ? await startDcmtkRelay(place) : undefined;
  if (dcmtk !== undefined) yield dcmtk;
}

const WAY_ROWS: readonly {
  readonly what: string;
  readonly unit: string;
  readonly of: (passages: readonly Passage[]) => Measured;
}[] = [
  { what: 'receive', unit: 'instances/s', of: (all) => greatest(all.map((one) => INSTANCES / one.in)) },
  { what: 'last one in to last one archived', unit: 's', of: (all) => smallest(all.map((one) => one.after)) },
  {
    what: 'the whole way, first one in to last one archived',
    unit: 'instances/s',
    of: (all) => greatest(all.map((one) => INSTANCES / (one.in + one.after))),
  },
  { what: 'peak resident memory', unit: 'MB', of: (all) => smallest(all.map((one) => one.megabytes)) },
];

function rowsOf(
  passages: ReadonlyMap<string, readonly Passage[]>,
  { relays, sizes }: { readonly relays: readonly Relay[]; readonly sizes: readonly number[] },
): Row[] {
  return WAY_ROWS.flatMap(({ what, unit, of }) =>
    relays.map(({ name }) => ({
      what: `${what}: ${name}`,
      unit,
      bySize: new Map(sizes.map((size) => [size, of(passages.get(`${name} ${size}`) ?? [])])),
    })),
  );
}
