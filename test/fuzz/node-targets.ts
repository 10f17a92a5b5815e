import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { PATIENT } from './hostile-data-sets.ts';
import { hostileConversation } from './hostile-pdus.ts';
import { hostileRequest, storeRequest } from './hostile-requests.ts';
import { NodeUnderFire } from './node-under-fire.ts';
import type { FuzzTarget } from './target.ts';

/** Longer than the node may take to end a conversation that hangs. */
const ANSWER_MS = 4_000;
const SPLITS = [1, 2, 5, 6, 7, 61, 1_000, 1_460, 16_384, 65_536];

/** The whole input over one connection; the first PDU is let be answered before the rest follows. */
async function converse(port: number, input: Buffer): Promise<void> {
  const socket = await opened(port);
  const first = input.length > 6 && input[0] === 1 ? 6 + input.readUInt32BE(2) : input.length;
  await sendInPieces(socket, input.subarray(0, first));
  if (first < input.length) {
    await Promise.race([once(socket, 'data'), once(socket, 'close'), delay(ANSWER_MS)]).catch(() => undefined);
    await sendInPieces(socket, input.subarray(first));
  }
  await Promise.race([socket.destroyed ? undefined : once(socket, 'close'), delay(300)]).catch(() => undefined);
  socket.destroy();
}

async function opened(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** Cut anywhere; how follows from the bytes, so that a repetition is cut alike. */
async function sendInPieces(socket: Socket, bytes: Buffer): Promise<void> {
  const size = SPLITS[bytes.length % SPLITS.length] as number;
  const pieces = Math.min(200, Math.ceil(bytes.length / size));
  for (let i = 0; i < pieces && !socket.destroyed; i++) {
    const rest = i === pieces - 1 ? bytes.length : (i + 1) * size;
    if (!socket.write(bytes.subarray(i * size, rest))) {
      await Promise.race([once(socket, 'drain'), once(socket, 'close'), delay(ANSWER_MS)]).catch(() => undefined);
    } else if (i % 20 === 0) await delay(0);
  }
}

/** A request as it stands, and what is answered; the node must answer or close. */
async function ask(port: number, input: Buffer): Promise<string> {
  const socket = await opened(port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await sendInPieces(socket, input);
  await Promise.race([socket.destroyed ? undefined : once(socket, 'close'), delay(700)]).catch(() => undefined);
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}

function ofNode(
  name: string,
  input: FuzzTarget['input'],
  feed: (input: Buffer, underFire: NodeUnderFire) => Promise<void>,
): FuzzTarget {
  return {
    name,
    input,
    open: async () => {
      const underFire = await NodeUnderFire.start();
      return {
        feed: async (bytes) => {
          await feed(bytes, underFire);
          await underFire.look();
        },
        close: () => underFire.close(),
      };
    },
  };
}

async function askNode(input: Buffer, { node }: NodeUnderFire): Promise<void> {
  const token = Buffer.from(input.toString('latin1').replace('{token}', node.token), 'latin1');
  const answer = await ask(Number(new URL(node.httpUrl).port), token);
  if (/^HTTP\/1\.1 500/.test(answer)) throw new Error(`answered with 500: ${node.stderr().slice(-600)}`);
  // What was stored may be found; a refusal says nothing of what it refuses.
  const refused = /^HTTP\/1\.1 [45]/.test(answer);
  if (refused && answer.includes(PATIENT.slice(0, 8))) throw new Error(`the refusal quotes its request: ${answer}`);
}

export const NODE_TARGETS: readonly FuzzTarget[] = [
  ofNode('associations', hostileConversation, (input, { node }) => converse(node.dimsePort, input)),
  ofNode('stow', storeRequest, askNode),
  ofNode('requests', hostileRequest, askNode),
];
