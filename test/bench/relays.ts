import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { requireTool } from '../support/tools.ts';
import { startServer, stopServer } from './processes.ts';
import { SINK_AE_TITLE } from './sink.ts';

/** Something between a scanner and an archive. */
export interface Relay {
  readonly name: string;
  readonly aeTitle: string;
  readonly port: number;
  readonly pid: number;
  /** Whether it is to turn what it forwards. */
  readonly turns: boolean;
  /** Forgets what it does not need any more. */
  tidy(): Promise<void>;
  stop(): Promise<void>;
}

export interface RelayPlace {
  readonly folder: string;
  readonly sinkPort: number;
}

/** The node: recognises, turns, proves and forwards, as soon as a series is complete. */
export async function startNodeRelay({ folder, sinkPort }: RelayPlace, program: string): Promise<Relay> {
  const port = await freePort();
  const file = join(folder, 'node.json');
  const destination = { name: 'sink', type: 'dimse', host: '127.0.0.1', port: sinkPort, calledAeTitle: SINK_AE_TITLE };
  const config = {
    dataDir: join(folder, 'node'),
    dimse: { port },
    http: { port: 0 },
    destinations: [{ ...destination, concurrency: 4, default: true }],
    series: { quietSeconds: 0 },
    inference: { executionProviders: ['cpu'] },
    log: { level: 'warn' },
  };
  await mkdir(folder, { recursive: true });
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  const child = await startServer(process.execPath, [program, 'serve', '--config', file], {
    port,
    environment: { NODE_ENV: 'production' },
  });
  return {
    name: 'node',
    aeTitle: 'CMR_NODE',
    port,
    pid: child.pid as number,
    turns: true,
    tidy: async () => undefined,
    stop: () => stopServer(child, 'SIGTERM'),
  };
}

/** Orthanc's automatic routing: every instance goes on as it came. Undefined where it is not installed. */
export async function startOrthancRelay({ sinkPort }: RelayPlace): Promise<Relay | undefined> {
  if (requireOrthanc() === undefined) return undefined;
  const orthanc = await startOrthanc({
    settings: { DicomModalities: { sink: [SINK_AE_TITLE, '127.0.0.1', sinkPort] } },
    lua: "function OnStoredInstance(id, tags, metadata, origin) SendToModality(id, 'sink') end",
  });
  return {
    name: 'Orthanc Lua routing',
    aeTitle: orthanc.aeTitle,
    port: orthanc.dimsePort,
    pid: orthanc.pid,
    turns: false,
    tidy: async () => undefined,
    stop: () => orthanc.stop(),
  };
}

/**
 * storescp that starts one storescu for each study, once nothing came for a second: sooner it cannot know. Undefined
 * where DCMTK is not installed.
 */
export async function startDcmtkRelay({ folder, sinkPort }: RelayPlace): Promise<Relay | undefined> {
  if (requireTool('storescp') === undefined || requireTool('storescu') === undefined) return undefined;
  const kept = join(folder, 'dcmtk');
  await mkdir(kept, { recursive: true });
  const port = await freePort();
  const forward = `storescu -pdu 131072 +sd -aec ${SINK_AE_TITLE} 127.0.0.1 ${sinkPort} #p`;
  const whenComplete = ['-ss', 'study', '-tos', '1', '-xcs', forward];
  const common = ['+xa', '-pdu', '131072', '-aet', 'RELAY', '-od', kept];
  const parameters = [...common, ...whenComplete, String(port)];
  const child = await startServer('storescp', parameters, { port });
  return {
    name: 'DCMTK relay',
    aeTitle: 'RELAY',
    port,
    pid: child.pid as number,
    turns: false,
    tidy: async () => {
      await rm(kept, { recursive: true });
      await mkdir(kept);
    },
    stop: () => stopServer(child, 'SIGKILL'),
  };
}
