import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { associateRequest, echoCommand, pData, storeCommand, VERIFICATION_CONTEXT } from '../dimse/raw-peer.ts';
import { EXPLICIT_LITTLE_ENDIAN, MR_IMAGE_STORAGE } from '../support/part10-sample.ts';
import { type NodeUnderFire, rssMegabytes } from './node-under-fire.ts';

/** Peers that keep to the protocol, nearly, and take up places, time or memory. */
export interface SlowPeers {
  readonly name: string;
  /** @throws where the node lets them */
  readonly run: (underFire: NodeUnderFire) => Promise<void>;
}

const REQUEST = associateRequest('CMR_NODE', [
  VERIFICATION_CONTEXT,
  { id: 3, abstractSyntax: MR_IMAGE_STORAGE, transferSyntaxes: [EXPLICIT_LITTLE_ENDIAN] },
]);
const STORE = Buffer.concat([
  pData(3, { command: true, last: true }, storeCommand({ sopInstanceUid: '2.25.1' })),
  pData(3, { command: false, last: false }, Buffer.alloc(10_000)),
]);
const ECHO = pData(1, { command: true, last: true }, echoCommand());
const HTTP_HEAD = 'POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
const HTTP_BODY = `${HTTP_HEAD}Content-Length: 100000\r\n\r\n{`;
const UPLOAD = 'POST /dicomweb/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000000\r\n\r\n';
const EACH = 15;
const DRIP_MS = 500;
const DRIPPING_MS = 9_000;
const MOST_GROWTH_MEGABYTES = 150;

export const SLOW_PEERS: readonly SlowPeers[] = [
  { name: 'senders that send a byte now and then', run: drippingPeers },
  { name: 'connections that say nothing', run: silentPeers },
  { name: 'five hundred associations at once', run: crowd },
  { name: 'a peer that never reads', run: deafPeer },
  { name: 'clients that ask without end and never read', run: deafClients },
];

async function drippingPeers(underFire: NodeUnderFire): Promise<void> {
  const { dimsePort, httpUrl } = underFire.node;
  const httpPort = Number(new URL(httpUrl).port);
  const beginnings: readonly (readonly [port: number, atOnce: Buffer, dripping: Buffer])[] = [
    [dimsePort, Buffer.alloc(0), REQUEST],
    [dimsePort, REQUEST, STORE],
    [httpPort, Buffer.alloc(0), Buffer.from(HTTP_HEAD)],
    [httpPort, Buffer.from(HTTP_BODY), Buffer.alloc(1_000, 0x20)],
    [httpPort, Buffer.from(UPLOAD), Buffer.alloc(1_000)],
  ];
  const kinds = await Promise.all(
    beginnings.map(([port, atOnce, bytes]) =>
      Promise.all(Array.from({ length: EACH }, () => drip(port, atOnce, bytes))),
    ),
  );
  for (const until = performance.now() + DRIPPING_MS; performance.now() < until; await delay(DRIP_MS)) {
    for (const one of kinds.flat()) one.next();
    await underFire.look();
  }
  const left = kinds.map((sockets) => sockets.filter(({ socket }) => !ended(socket)).length);
  for (const { socket } of kinds.flat()) socket.destroy();
  if (left.some((count) => count > 0)) throw new Error(`still there of ${EACH} each: ${left.join(', ')}`);
}

async function drip(port: number, atOnce: Buffer, bytes: Buffer): Promise<{ readonly socket: Socket; next(): void }> {
  const socket = await opened(port);
  if (atOnce.length > 0) socket.write(atOnce);
  let sent = 0;
  return { socket, next: () => void (ended(socket) || socket.write(bytes.subarray(sent, ++sent))) };
}

async function silentPeers(underFire: NodeUnderFire): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 100 }, () => opened(underFire.node.dimsePort)));
  await underFire.look();
  await delay(4_000);
  const left = sockets.filter((socket) => !ended(socket)).length;
  for (const socket of sockets) socket.destroy();
  if (left > 0) throw new Error(`${left} of 100 are still connected`);
}

async function crowd(underFire: NodeUnderFire): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const socket = await opened(underFire.node.dimsePort).catch(() => undefined);
      if (socket === undefined) return undefined;
      socket.write(REQUEST);
      const answer = await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => []);
      return { socket, type: Buffer.isBuffer(answer[0]) ? answer[0][0] : undefined };
    }),
  );
  const accepted = answers.filter((one) => one?.type === 2).length;
  const rejected = answers.filter((one) => one?.type === 3).length;
  for (const one of answers) one?.socket.destroy();
  if (accepted === 0 || accepted > 100) throw new Error(`${accepted} of 500 were accepted, ${rejected} rejected`);
  await delay(500);
}

/** Asks without end and takes no answer. */
async function deafPeer(underFire: NodeUnderFire): Promise<void> {
  const before = rssMegabytes(underFire.node.pid, 'VmRSS');
  const socket = connect({ host: '127.0.0.1', port: underFire.node.dimsePort });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.setMaxListeners(0);
  socket.pause();
  socket.write(REQUEST);
  await delay(300);
  const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => ECHO));
  // Who does not read hears only from its writes that the other side has gone.
  for (let sent = 0; sent < 500 && !socket.destroyed; sent++) {
    if (socket.write(thousand)) await delay(10);
    else await Promise.race([once(socket, 'drain'), once(socket, 'close'), delay(100)]).catch(() => undefined);
  }
  const gone = socket.destroyed;
  const megabytes = rssMegabytes(underFire.node.pid, 'VmRSS') - before;
  socket.destroy();
  if (!gone) throw new Error(`the association goes on, and took ${megabytes} MB`);
  if (megabytes > MOST_GROWTH_MEGABYTES) throw new Error(`it took ${megabytes} MB`);
}

async function deafClients(underFire: NodeUnderFire): Promise<void> {
  const { httpUrl, pid } = underFire.node;
  const before = rssMegabytes(pid, 'VmRSS');
  const requests = Buffer.from(`GET /api/v1/openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(20_000));
  const sockets = Array.from({ length: 5 }, () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(httpUrl).port) });
    socket.on('error', () => undefined).pause();
    socket.write(requests);
    return socket;
  });
  for (let looks = 0; looks < 3; looks++) {
    await delay(1_000);
    await underFire.look();
  }
  const megabytes = rssMegabytes(pid, 'VmRSS') - before;
  for (const socket of sockets) socket.destroy();
  if (megabytes > MOST_GROWTH_MEGABYTES) throw new Error(`they took ${megabytes} MB`);
}

async function opened(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.resume();
  return socket;
}

function ended(socket: Socket): boolean {
  return socket.destroyed || socket.readableEnded;
}
