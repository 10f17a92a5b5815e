import type { SeededRandom } from '../../src/phantom/random.ts';

/** Lengths and counts at which programs err. */
const BOUNDARIES = [0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x7fffffff, 0x80000000];
const GREATEST = [0xfffffffe, 0xffffffff];

export function pick<T>(random: SeededRandom, from: readonly T[]): T {
  return from[Math.floor(random.next() * from.length)] as T;
}

/** 0 ≤ value < below, an integer. */
export function below(random: SeededRandom, limit: number): number {
  return Math.floor(random.next() * limit);
}

export function noise(random: SeededRandom, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => below(random, 256)));
}

/** The bytes with one to eight faults in them. */
export function mutated(bytes: Buffer, random: SeededRandom): Buffer {
  let out: Buffer = Buffer.from(bytes);
  for (let faults = 1 + below(random, 8); faults > 0 && out.length > 4; faults--)
    out = pick(random, FAULTS)(out, random);
  return out;
}

type Fault = (bytes: Buffer, random: SeededRandom) => Buffer;

const FAULTS: readonly Fault[] = [
  (bytes, random) => {
    const at = below(random, bytes.length);
    bytes.writeUInt8((bytes[at] as number) ^ (1 << below(random, 8)), at);
    return bytes;
  },
  (bytes, random) => {
    const value = pick(random, [...BOUNDARIES, ...GREATEST]);
    const at = below(random, bytes.length - 4);
    if (value > 0xffff || random.next() < 0.5) pick(random, [wideLittle, wideBig])(bytes, value, at);
    else pick(random, [shortLittle, shortBig])(bytes, value, at);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, below(random, bytes.length)),
  (bytes, random) => without(bytes, below(random, bytes.length), 1 + below(random, 64)),
  (bytes, random) => {
    const at = below(random, bytes.length);
    return inserted(bytes, at, noise(random, 1 + below(random, 32)));
  },
  (bytes, random) => {
    const from = below(random, bytes.length);
    const piece = bytes.subarray(from, from + 1 + below(random, 512));
    return inserted(bytes, below(random, bytes.length), Buffer.from(piece));
  },
];

type Write = (bytes: Buffer, value: number, at: number) => void;
const wideLittle: Write = (bytes, value, at) => bytes.writeUInt32LE(value, at);
const wideBig: Write = (bytes, value, at) => bytes.writeUInt32BE(value, at);
const shortLittle: Write = (bytes, value, at) => bytes.writeUInt16LE(value, at);
const shortBig: Write = (bytes, value, at) => bytes.writeUInt16BE(value, at);

function without(bytes: Buffer, at: number, length: number): Buffer {
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
}

function inserted(bytes: Buffer, at: number, piece: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}
