import { deflateSync, gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import type { SeededRandom } from '../../src/phantom/random.ts';
import { PATIENT } from './hostile-data-sets.ts';
import { below, mutated, noise, pick } from './mutations.ts';

const CONFIG = `dimse: { port: 104, aeTitle: NODE, allowedCallers: [A, B] }
http: { port: 8080, auth: { tokens: [ { name: it, tokenSha256: ${'0'.repeat(64)} } ] } }
destinations: [ { name: pacs, type: dimse, host: pacs, port: 104, calledAeTitle: PACS, default: true } ]
routing: [ { name: r, when: { callingAeTitles: [A] }, mode: observe } ]
`;
const MADE_CONFIGS = [
  `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.replace(/./g, (name, i: number) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]\n`)}`,
  `${'['.repeat(5_000)}`,
  `a: ${'{ b: '.repeat(5_000)}`,
  'dimse: &d { port: 1, <<: *d }',
  '__proto__: { port: 1 }\nconstructor: 1',
  'dimse: !!js/function "function(){}"',
  '- 1\n- 2',
  `? ${'? '.repeat(3_000)}`,
  '%YAML 9.9\n---\n--- \n',
];

export const hostileConfig = (random: SeededRandom): Buffer =>
  random.next() < 0.3 ? Buffer.from(pick(random, MADE_CONFIGS)) : mutated(Buffer.from(CONFIG), random);

const LABELS = `file,subject,series,slice,kind,code,short_axis,pixel_spacing\na.png,s1,x,0,cine,000,yes,1.4 1.4\n"b,.png",${PATIENT},x,1,LGE,,no,\n`;
const MADE_LABELS = [
  `"${'x'.repeat(300_000)}`,
  `${'a,'.repeat(50_000)}\n${'b,'.repeat(50_000)}\n`,
  '__proto__,constructor\nx,y\n',
  `file\n${'\n'.repeat(100_000)}../../etc/passwd\n`,
  '\ufefffile,file\na,b\n',
];

export const hostileLabels = (random: SeededRandom): Buffer =>
  random.next() < 0.3 ? Buffer.from(pick(random, MADE_LABELS)) : mutated(Buffer.from(LABELS), random);

const PNG = Buffer.from(encode({ width: 9, height: 7, data: new Uint8Array(63), depth: 8, channels: 1 }));

export function hostilePng(random: SeededRandom): Buffer {
  return random.next() < 0.2 ? pngBomb(random) : mutated(Buffer.from(PNG), random);
}

/** Small in the file, large once inflated, whether its head says so or not. */
function pngBomb(random: SeededRandom): Buffer {
  const bytes = Buffer.from(PNG);
  const [width, height] = pick(random, [
    [100_000, 100_000],
    [0x7fffffff, 0x7fffffff],
    [0, 0],
    [4, 4],
    [65_535, 65_535],
  ]) as [number, number];
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  const data = deflateSync(Buffer.alloc(random.next() < 0.1 ? 50_000_000 : 100_000));
  return Buffer.concat([
    bytes.subarray(0, 29),
    checksum(bytes.subarray(12, 29)),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([length, named, checksum(named)]);
}

/** CRC-32 as PNG has it. */
function checksum(bytes: Buffer): Buffer {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  const out = Buffer.alloc(4);
  out.writeUInt32BE((sum ^ 0xffffffff) >>> 0);
  return out;
}

export function hostileNifti(random: SeededRandom): Buffer {
  const bytes = Buffer.alloc(352 + 4 * 4 * 3 * 2);
  bytes.writeInt32LE(348);
  [3, 4, 4, 3, 1, 1, 1, 1].forEach((size, i) => {
    bytes.writeInt16LE(size, 40 + 2 * i);
  });
  bytes.writeInt16LE(4, 70);
  bytes.writeInt16LE(16, 72);
  bytes.writeFloatLE(352, 108);
  for (let i = 0; i < 4; i++) bytes.writeFloatLE(1, 76 + 4 * i);
  bytes.write('n+1\0', 344, 'latin1');
  const wrong = pick(random, NIFTI)(bytes, random);
  return random.next() < 0.4 ? gzipSync(wrong) : wrong;
}

const NIFTI: readonly ((bytes: Buffer, random: SeededRandom) => Buffer)[] = [
  (bytes, random) => Buffer.concat([mutated(bytes.subarray(0, 352), random), bytes.subarray(352)]),
  (bytes, random) => mutated(bytes, random),
  (bytes, random) => {
    for (let i = 0; i < 8; i++) bytes.writeInt16LE(pick(random, [7, 1, 32_767, -1, 0]), 40 + 2 * i);
    return bytes;
  },
  (bytes, random) => {
    bytes.writeFloatLE(pick(random, [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e30, 352.5]), 108);
    return bytes;
  },
  (bytes, random) => Buffer.concat([bytes, Buffer.alloc(below(random, 20) === 0 ? 40_000_000 : 1_000)]),
  (_bytes, random) => Buffer.concat([Buffer.from('1f8b', 'hex'), noise(random, 40)]),
];
