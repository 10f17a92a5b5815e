import { encodeFileMeta } from '../../src/part10/file-meta.ts';

export const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** A made-up MR instance of the least that archives want, in explicit VR little endian. */
export interface Sample {
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly dataSet: Buffer;
  /** The Part 10 file: file meta information and the data set. */
  readonly file: Buffer;
}

export interface SampleOptions {
  readonly number?: number;
  readonly studyInstanceUid?: string;
  readonly rows?: number;
  readonly columns?: number;
}

/** Each number gives its own SOP Instance UID and its own pixels. */
export function part10Sample(options: SampleOptions = {}): Sample {
  const { number = 1, studyInstanceUid = '2.25.100', rows = 16, columns = 16 } = options;
  const sopInstanceUid = `2.25.1000.${number}`;
  const dataSet = Buffer.concat([
    element(0x0008, 0x0016, 'UI', MR_IMAGE_STORAGE),
    element(0x0008, 0x0018, 'UI', sopInstanceUid),
    element(0x0008, 0x0060, 'CS', 'MR'),
    element(0x0009, 0x0010, 'LO', 'MADE UP'),
    element(0x0009, 0x1001, 'UN', Buffer.from([1, 2, 3, 4])),
    element(0x0010, 0x0010, 'PN', 'Phantom^Peter'),
    element(0x0010, 0x0020, 'LO', 'PHANTOM-1'),
    element(0x0020, 0x000d, 'UI', studyInstanceUid),
    element(0x0020, 0x000e, 'UI', `${studyInstanceUid}.1`),
    element(0x0020, 0x0013, 'IS', String(number)),
    element(0x0028, 0x0002, 'US', unsignedShort(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', unsignedShort(rows)),
    element(0x0028, 0x0011, 'US', unsignedShort(columns)),
    element(0x0028, 0x0100, 'US', unsignedShort(16)),
    element(0x0028, 0x0101, 'US', unsignedShort(12)),
    element(0x0028, 0x0102, 'US', unsignedShort(11)),
    element(0x0028, 0x0103, 'US', unsignedShort(0)),
    element(0x7fe0, 0x0010, 'OW', pixels(rows * columns, number)),
  ]);
  const meta = { sopClassUid: MR_IMAGE_STORAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN };
  return { sopInstanceUid, studyInstanceUid, dataSet, file: Buffer.concat([encodeFileMeta(meta), dataSet]) };
}

const LONG_FORM = new Set(['OW', 'OB', 'UN', 'SQ', 'UT']);

/** One element in explicit VR little endian, padded to an even length (PS3.5 7.1.2). */
export function element(group: number, number: number, vr: string, value: string | Buffer): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const padded = raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  const header = Buffer.alloc(LONG_FORM.has(vr) ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.write(vr, 4, 'latin1');
  if (LONG_FORM.has(vr)) {
    header.writeUInt32LE(padded.length, 8);
  } else {
    header.writeUInt16LE(padded.length, 6);
  }
  return Buffer.concat([header, padded]);
}

function unsignedShort(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function pixels(count: number, seed: number): Buffer {
  const bytes = Buffer.alloc(count * 2);
  for (let index = 0; index < count; index++) {
    bytes.writeUInt16LE((index * 7 + seed * 131) & 0x0fff, index * 2);
  }
  return bytes;
}
