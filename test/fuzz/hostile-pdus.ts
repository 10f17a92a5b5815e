import type { SeededRandom } from '../../src/phantom/random.ts';
import { associateRequest, pData, pdu, storeCommand } from '../dimse/raw-peer.ts';
import { MR_IMAGE_STORAGE } from '../support/part10-sample.ts';
import { hostileInstance, SYNTAXES } from './hostile-data-sets.ts';
import { below, mutated, noise, pick } from './mutations.ts';

const VERIFICATION = '1.2.840.10008.1.1';
const RELEASE = pdu(5, Buffer.alloc(4));
const CONTEXTS = [
  { id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] },
  ...SYNTAXES.map((uid, i) => ({ id: 3 + 2 * i, abstractSyntax: MR_IMAGE_STORAGE, transferSyntaxes: [uid] })),
];

/** Everything that one peer says on one connection, right in most of it. */
export function hostileConversation(random: SeededRandom): Buffer {
  const request = associateRequest('CMR_NODE', CONTEXTS);
  const first = random.next() < 0.3 ? mutated(request, random) : request;
  const messages = Array.from({ length: 1 + below(random, 3) }, () => hostileMessage(random));
  return Buffer.concat([first, ...messages, RELEASE]);
}

function hostileMessage(random: SeededRandom): Buffer {
  const right = storeMessage(random);
  const chance = random.next();
  if (chance < 0.45) return Buffer.concat(right);
  if (chance < 0.75) return mutated(Buffer.concat(right), random);
  return pick(random, MADE)(right, random);
}

/** A C-STORE whose data set is wrong, in PDUs that are right. */
function storeMessage(random: SeededRandom): Buffer[] {
  const { dataSet, sopInstanceUid, transferSyntaxUid } = hostileInstance(random);
  const contextId = 3 + 2 * SYNTAXES.indexOf(transferSyntaxUid as (typeof SYNTAXES)[number]);
  const size = pick(random, [100, 4_000, 16_000, 130_000]);
  const pieces = Math.min(2_000, Math.max(1, Math.ceil(dataSet.length / size)));
  const command = pData(contextId, { command: true, last: true }, storeCommand({ sopInstanceUid }));
  const data = Array.from({ length: pieces }, (_, i) =>
    pData(contextId, { command: false, last: i === pieces - 1 }, dataSet.subarray(i * size, (i + 1) * size)),
  );
  return [command, ...data];
}

type Make = (right: readonly Buffer[], random: SeededRandom) => Buffer;

const MADE: readonly Make[] = [
  (right) => Buffer.concat([...right].reverse()),
  (right) => Buffer.concat([...right, ...right.slice(1)]),
  (right, random) => Buffer.concat(right.slice(below(random, right.length))),
  (_right, random) => pdu(below(random, 256), noise(random, below(random, 64))),
  (_right, random) => withLength(pdu(4, noise(random, 20)), pick(random, [0, 1, 5, 0x7fffffff, 0xffffffff])),
  (_right, random) => pdu(4, Buffer.concat(Array.from({ length: below(random, 3_000) }, () => emptyValue(random)))),
  (_right, random) =>
    pData(pick(random, [0, 1, 2, 255]), { command: true, last: true }, mutated(someCommand(), random)),
  (_right, random) => pdu(pick(random, [1, 2, 3, 5, 6, 7]), noise(random, pick(random, [0, 4, 68, 500]))),
  () => Buffer.concat(Array.from({ length: 500 }, () => pData(1, { command: true, last: false }, Buffer.alloc(4)))),
];

const someCommand = (): Buffer => storeCommand({ sopInstanceUid: '2.25.1' });

function withLength(bytes: Buffer, length: number): Buffer {
  bytes.writeUInt32BE(length, 2);
  return bytes;
}

function emptyValue(random: SeededRandom): Buffer {
  return Buffer.from([0, 0, 0, pick(random, [0, 1, 2, 3]), 3, below(random, 4)]);
}
