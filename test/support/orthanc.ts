import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { requireTool } from './tools.ts';

export interface OrthancOptions {
  /** Further keys of Orthanc's configuration, for example `DicomModalities` or `OverwriteInstances`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A Lua script, for example for automatic routing. */
  readonly lua?: string;
}

/** A real archive of its own: own ports on loopback, own empty storage folder, gone after `stop`. */
export interface Orthanc {
  readonly pid: number;
  readonly aeTitle: string;
  readonly dimsePort: number;
  readonly httpUrl: string;
  /** Base address of its DICOMweb side. */
  readonly dicomWebUrl: string;
  count(): Promise<number>;
  /** SOP Instance UIDs of everything it holds, sorted. */
  sopInstanceUids(): Promise<readonly string[]>;
  /** The Part 10 file that it stored, looked up by SOP Instance UID. */
  fetchFile(sopInstanceUid: string): Promise<Buffer>;
  /** A request to its REST interface. */
  rest(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

const DICOM_WEB_PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';
const START_MILLISECONDS = 30_000;

/** Undefined, with a notice, where Orthanc or its DICOMweb plugin is not installed; throws there in CI. */
export function requireOrthanc(): string | undefined {
  const program = requireTool('Orthanc');
  if (program === undefined || existsSync(DICOM_WEB_PLUGIN)) {
    return program;
  }
  if (process.env['CI'] === 'true') {
    throw new Error("Orthanc's DICOMweb plugin is not installed, and CI must not skip the tests that need it");
  }
  console.info("Orthanc's DICOMweb plugin is not installed: the tests that need it are skipped");
  return undefined;
}

export async function startOrthanc(options: OrthancOptions = {}): Promise<Orthanc> {
  const program = requireOrthanc();
  if (program === undefined) {
    throw new Error('Orthanc is not installed');
  }
  const folder = await mkdtemp(join(tmpdir(), 'orthanc-'));
  const [httpPort, dimsePort] = [await freePort(), await freePort()];
  await writeFile(join(folder, 'orthanc.json'), await configuration(folder, { httpPort, dimsePort, options }));
  const environment = { ...process.env, TCP_NODELAY: '1' };
  const child = spawn(program, [join(folder, 'orthanc.json')], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const lines: string[] = [];
  child.stderr.on('data', (data: Buffer) => lines.push(data.toString()));
  child.stdout.resume();
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  await answering(httpUrl, child, lines);
  return orthancAt({ pid: child.pid as number, httpUrl, dimsePort }, () => stop(child, folder));
}

async function configuration(
  folder: string,
  { httpPort, dimsePort, options }: { httpPort: number; dimsePort: number; options: OrthancOptions },
): Promise<string> {
  if (options.lua !== undefined) {
    await writeFile(join(folder, 'script.lua'), options.lua);
  }
  return JSON.stringify({
    Name: 'peer',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'storage'),
    Plugins: [DICOM_WEB_PLUGIN],
    LuaScripts: options.lua === undefined ? [] : [join(folder, 'script.lua')],
    HttpPort: httpPort,
    DicomPort: dimsePort,
    DicomAet: 'ORTHANC',
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowStore: true,
    DicomCheckCalledAet: false,
    ...options.settings,
  });
}

async function answering(httpUrl: string, child: ChildProcess, lines: readonly string[]): Promise<void> {
  for (const until = Date.now() + START_MILLISECONDS; Date.now() < until; ) {
    if (child.exitCode !== null) {
      break;
    }
    const answer = await fetch(`${httpUrl}/system`).catch(() => undefined);
    if (answer?.ok === true) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`Orthanc did not start:\n${lines.join('')}`);
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    // Its orderly shutdown takes seconds, and its storage is thrown away anyway.
    child.kill('SIGKILL');
    await exited;
  }
  await rm(folder, { recursive: true, force: true });
}

function orthancAt(at: { pid: number; httpUrl: string; dimsePort: number }, stopIt: () => Promise<void>): Orthanc {
  const rest = (path: string, init?: RequestInit) => fetch(`${at.httpUrl}${path}`, init);
  const list = async (path: string) => (await (await rest(path)).json()) as readonly unknown[];
  return {
    pid: at.pid,
    aeTitle: 'ORTHANC',
    dimsePort: at.dimsePort,
    httpUrl: at.httpUrl,
    dicomWebUrl: `${at.httpUrl}/dicom-web`,
    rest,
    count: async () => (await list('/instances')).length,
    sopInstanceUids: async () => {
      const instances = (await list('/instances?expand')) as { MainDicomTags: { SOPInstanceUID: string } }[];
      return instances.map((one) => one.MainDicomTags.SOPInstanceUID).sort();
    },
    fetchFile: async (sopInstanceUid) => {
      const lookup = await rest('/tools/lookup', { method: 'POST', body: sopInstanceUid });
      const found = (await lookup.json()) as { ID: string; Type: string }[];
      const instance = found.find((one) => one.Type === 'Instance');
      if (instance === undefined) {
        throw new Error(`Orthanc does not hold ${sopInstanceUid}`);
      }
      return Buffer.from(await (await rest(`/instances/${instance.ID}/file`)).arrayBuffer());
    },
    stop: stopIt,
  };
}
