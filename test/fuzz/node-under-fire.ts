import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { associated, commandShort, echoCommand, pData, VERIFICATION_CONTEXT } from '../dimse/raw-peer.ts';
import { eventually } from '../support/eventually.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';
import { PATIENT } from './hostile-data-sets.ts';

/** Limits that must hold, whatever comes. RSS is that of the node itself, without its recogniser. */
export const GREATEST_RSS_MEGABYTES = 1_024;
export const GREATEST_PAUSE_MS = 2_500;
const DESCRIPTORS_OVER = 12;
const SETTLE_MS = 20_000;
/** Times so short that a run sees them end. */
const CONFIG = {
  dimse: {
    port: 0,
    limits: { associationRequestSeconds: 2, messageSeconds: 3, idleSeconds: 30 },
  },
  // Far from what one fuzzer sends.
  http: { port: 0, limits: { requestsPerMinute: 10_000_000, bodySeconds: 3, headersSeconds: 3 } },
  series: { quietSeconds: 600, maxWaitSeconds: 600 },
};

/** A real node, watched from outside while it is fed what nobody should send. */
export class NodeUnderFire {
  readonly node: RunningNode;
  readonly #site: NodeSite;
  readonly #before: { readonly descriptors: number; readonly outside: readonly string[] };
  #lastLook = 0;

  private constructor(site: NodeSite, node: RunningNode, outside: readonly string[]) {
    this.#site = site;
    this.node = node;
    this.#before = { descriptors: descriptorsOf(node.pid), outside };
  }

  static async start(): Promise<NodeUnderFire> {
    const site = await nodeSite(CONFIG);
    const node = await site.start();
    await echo(node);
    return new NodeUnderFire(site, node, await outsideOf(site));
  }

  /** After each input: it lives, and hardly paused. The whole of it, at most once a second. */
  async look(): Promise<void> {
    const startedAt = performance.now();
    if (startedAt - this.#lastLook < 1_000) return;
    await this.#answers();
    const milliseconds = performance.now() - startedAt;
    if (milliseconds > GREATEST_PAUSE_MS) throw new Error(`no answer for ${Math.round(milliseconds)} ms`);
    const megabytes = rssMegabytes(this.node.pid, 'VmHWM');
    if (megabytes > GREATEST_RSS_MEGABYTES) throw new Error(`it took ${megabytes} MB of memory`);
    this.#lastLook = performance.now();
  }

  /** What must hold of all that was fed; then the node ends as it should, and what it kept is removed. */
  async close(): Promise<void> {
    try {
      await this.#answers();
      await eventually(
        () => descriptorsOf(this.node.pid),
        (count) => count <= this.#before.descriptors + DESCRIPTORS_OVER,
        { what: `descriptors as before: ${this.#before.descriptors}`, milliseconds: SETTLE_MS },
      );
      await this.#nothingOfTheInputIsTold();
      await this.#nothingLeftItsPlace();
      await this.#quarantineSaysWhy();
      const code = await this.node.stop();
      if (code !== 0) throw new Error(`the node ended with ${code}`);
    } finally {
      await this.#site.remove();
    }
  }

  async #answers(): Promise<void> {
    const ended = this.node.exited.then((code) => {
      throw new Error(`the node ended with ${code}:\n${this.node.stderr().slice(-2_000)}`);
    });
    await Promise.race([ended, Promise.all([echo(this.node), ready(this.node)])]);
  }

  async #nothingOfTheInputIsTold(): Promise<void> {
    const metrics = await (await fetch(`${this.node.httpUrl}/metrics`)).text();
    for (const [where, text] of Object.entries({ log: this.node.stderr(), output: this.node.stdout(), metrics })) {
      const line = text.split('\n').find((one) => one.includes(PATIENT.slice(0, 8)));
      if (line !== undefined) throw new Error(`the ${where} has a patient's name: ${line}`);
    }
    const unexpected = this.node
      .stderr()
      .split('\n')
      .find((line) => line !== '' && !line.startsWith('{'));
    if (unexpected !== undefined) throw new Error(`it wrote on standard error: ${unexpected}`);
  }

  async #nothingLeftItsPlace(): Promise<void> {
    const added = (await outsideOf(this.#site)).filter((path) => !this.#before.outside.includes(path));
    if (added.length > 0) throw new Error(`files outside the data directory: ${added.join(', ')}`);
    for (const path of await filesBelow(this.#site.dataDir)) {
      const { mode } = await stat(path).catch(() => ({ mode: 0 }));
      if ((mode & 0o111) !== 0) throw new Error(`a file can be executed: ${relative(this.#site.dataDir, path)}`);
    }
  }

  async #quarantineSaysWhy(): Promise<void> {
    const folder = join(this.#site.dataDir, 'quarantine');
    const names = await readdir(folder);
    for (const name of names.filter((one) => one.endsWith('.dcm'))) {
      const reason = JSON.parse(await readFile(join(folder, name.replace(/dcm$/, 'json')), 'utf8')) as {
        code?: string;
      };
      if (typeof reason.code !== 'string') throw new Error(`no reason for ${name}`);
    }
  }
}

/** C-ECHO over an association of its own. */
async function echo({ dimsePort }: RunningNode): Promise<void> {
  const peer = await associated(dimsePort, { called: 'CMR_NODE', contexts: [VERIFICATION_CONTEXT] });
  peer.send(pData(1, { command: true, last: true }, echoCommand()));
  const status = commandShort(await peer.nextPdu(), 0x0900);
  peer.end();
  if (status !== 0) throw new Error(`C-ECHO was answered with ${status}`);
}

async function ready({ httpUrl }: RunningNode): Promise<void> {
  const { status } = await fetch(`${httpUrl}/health/ready`, { headers: { Connection: 'close' } });
  if (status !== 200) throw new Error(`/health/ready answers ${status}`);
}

export function rssMegabytes(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Math.round(Number(line?.[1]) / 1024);
}

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Files beside the data directory, and where a hostile name would lead from the folder of temporary files. */
async function outsideOf({ folder, dataDir }: NodeSite): Promise<readonly string[]> {
  const beside = (await filesBelow(folder)).filter((path) => !path.startsWith(dataDir));
  const escaped = (await readdir(tmpdir())).filter((name) => name.includes('escaped'));
  return [...beside, ...escaped];
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
