import { deflateRawSync } from 'node:zlib';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import type { SeededRandom } from '../../src/phantom/random.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { encodedDataSet, encodedElement, text } from '../support/mr-elements.ts';
import { MR_IMAGE_STORAGE } from '../support/part10-sample.ts';
import { below, mutated, noise, pick } from './mutations.ts';

export const EXPLICIT = '1.2.840.10008.1.2.1';
export const IMPLICIT = '1.2.840.10008.1.2';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const ENCAPSULATED = '1.2.840.10008.1.2.4.70';
export const SYNTAXES = [EXPLICIT, IMPLICIT, DEFLATED, BIG_ENDIAN, ENCAPSULATED, '1.2.3.4'] as const;

/** In every data set that is made here; nobody but a viewer may ever see it. */
export const PATIENT = 'Hostilla^Canaria';

/** A data set that is wrong in one of many ways, and as what it is announced. */
export interface HostileInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: Buffer;
}

const BASE = shortAxis('hostile', { slices: 1 })[0] as { readonly dataSet: Uint8Array };
/** Without most of its pixels: faults shall meet what is read. */
const HEADER = Buffer.from(BASE.dataSet).subarray(0, 3000);

const UIDS = [
  '../../etc/escaped',
  '/escaped',
  '..\\..\\escaped',
  '1.2.3\0.4',
  '1.2.840.10008.1.2.1'.repeat(9),
  '１.２.３',
  '%2e%2e%2fescaped',
  'CON',
  '-rf',
  '',
  '2.25.1',
];

export function hostileInstance(random: SeededRandom): HostileInstance {
  const transferSyntaxUid = random.next() < 0.6 ? EXPLICIT : pick(random, SYNTAXES);
  const sopInstanceUid = random.next() < 0.3 ? pick(random, UIDS) : `2.25.${below(random, 2 ** 40)}`;
  const explicit = transferSyntaxUid !== IMPLICIT;
  const plain = pick(random, MADE)({ random, explicit, sopInstanceUid });
  const dataSet = transferSyntaxUid === DEFLATED && random.next() < 0.8 ? deflateRawSync(plain) : plain;
  return { sopClassUid: MR_IMAGE_STORAGE, sopInstanceUid, transferSyntaxUid, dataSet };
}

/** As a file: with a preamble that may be a program, and meta information that may be wrong. */
export function hostilePart10(random: SeededRandom): Buffer {
  const instance = hostileInstance(random);
  const meta = Buffer.from(encodeFileMeta(instance));
  const preamble = pick(random, ['MZ\x90\0', '\x7fELF\x02\x01', '#!/bin/sh\ntouch escaped\n', '%PDF-1.7', '\0\0']);
  meta.write(preamble, 0, 'latin1');
  return Buffer.concat([random.next() < 0.3 ? mutated(meta, random) : meta, instance.dataSet]);
}

interface Made {
  readonly random: SeededRandom;
  readonly explicit: boolean;
  readonly sopInstanceUid: string;
}

const MADE: readonly ((made: Made) => Buffer)[] = [
  ({ random }) => mutated(Buffer.from(BASE.dataSet), random),
  ({ random }) => mutated(HEADER, random),
  ({ random }) => mutated(HEADER, random),
  ({ random }) => noise(random, below(random, 4000)),
  (made) => Buffer.concat([identified(made), nestedDeep(made)]),
  (made) => Buffer.concat([identified(made), sequencesWithoutEnd(made)]),
  (made) => Buffer.concat([identified(made), lyingValue(made)]),
  (made) => Buffer.concat([identified(made), hugeLength(made)]),
  (made) => Buffer.concat([identified(made), manyElements(made)]),
  (made) => Buffer.concat([identified(made), zeroBomb(made)]),
];

function identified({ explicit, sopInstanceUid }: Made): Buffer {
  const elements = [
    text(0x00080016, 'UI', MR_IMAGE_STORAGE),
    text(0x00080018, 'UI', sopInstanceUid),
    text(0x00100010, 'PN', PATIENT),
    text(0x0020000d, 'UI', '2.25.77'),
    text(0x0020000e, 'UI', '2.25.78'),
  ];
  return encodedDataSet(elements, { explicit });
}

/** Ten thousand sequences in each other, with lengths that are right, or without lengths. */
function nestedDeep({ random, explicit }: Made): Buffer {
  const withLengths = random.next() < 0.5;
  const depth = pick(random, [63, 64, 65, 1_000, 10_000]);
  if (!withLengths) return Buffer.concat(Array.from({ length: depth }, () => openSequence(explicit)));
  let length = 0;
  const heads: Buffer[] = [];
  for (let level = 0; level < depth; level++) {
    const item = itemHeader(0xe000, length);
    const tag = explicit ? Buffer.from('4000750753510000', 'hex') : Buffer.from('40007507', 'hex');
    const size = Buffer.alloc(4);
    size.writeUInt32LE(item.length + length);
    heads.push(item, size, tag);
    length += item.length + 4 + tag.length;
  }
  return Buffer.concat(heads.reverse());
}

function openSequence(explicit: boolean): Buffer {
  const head = explicit ? '4000750753510000ffffffff' : '40007507ffffffff';
  return Buffer.concat([Buffer.from(head, 'hex'), itemHeader(0xe000, 0xffffffff)]);
}

function itemHeader(element: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function sequencesWithoutEnd({ random, explicit }: Made): Buffer {
  const pieces = Array.from({ length: 1 + below(random, 60) }, () =>
    pick(random, [
      openSequence(explicit),
      itemHeader(0xe00d, 0),
      itemHeader(0xe0dd, 0),
      itemHeader(0xe000, pick(random, [0, 1, 8, 0xfffffffe])),
      encodedElement(text(0x00400254, 'LO', 'x'), explicit),
    ]),
  );
  return Buffer.concat(pieces);
}

/** Attributes that are read for deciding, with a VR that makes room for megabytes. */
function lyingValue({ random, explicit }: Made): Buffer {
  const tag = pick(
    random,
    [0x0020000d, 0x00200032, 0x00200037, 0x00280030, 0x0008103e, 0x00080008, 0x00280010, 0x00080005],
  );
  const unit = pick(random, [' ', '\\', '1', '0.', '\0', '^', 'é', '\x1b$B', '1\\', 'e']);
  const long = random.next() < 0.5;
  const value = Buffer.from(`${unit.repeat((long ? 1_500_000 : 60_000) / unit.length)}x`, 'latin1');
  const shortest = value.subarray(0, Math.min(value.length, explicit && !long ? 65_534 : value.length));
  return encodedElement({ tag, vr: long ? pick(random, ['UT', 'UN', 'OB', 'UC']) : 'LO', value: shortest }, explicit);
}

function hugeLength({ random, explicit }: Made): Buffer {
  const element = Buffer.from(encodedElement({ tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(64) }, explicit));
  element.writeUInt32LE(pick(random, [0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 65]), explicit ? 8 : 4);
  return element;
}

function manyElements({ random, explicit }: Made): Buffer {
  const one = encodedElement({ tag: 0x00410010, vr: 'LO', value: Buffer.alloc(0) }, explicit);
  return Buffer.concat(Array.from({ length: pick(random, [1_000, 65_530, 70_000]) }, () => one));
}

/** Sixty-odd megabytes where it is deflated. */
function zeroBomb({ random, explicit }: Made): Buffer {
  const length = random.next() < 0.05 ? 80_000_000 : 1_000_000;
  return encodedElement({ tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(length) }, explicit);
}
