import type { Response } from 'express';
import type { RetainedInstance } from '../app/ports.ts';
import { NodeError } from '../core/errors.ts';
import { type FramePlaces, framePlaces, isFramesFault } from '../part10/frame-places.ts';
import type { StoredDataSet } from '../part10/stored-data-set.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../part10/transfer-syntax.ts';
import type { Offer } from './acceptable.ts';
import { refuse } from './refusal.ts';

const OCTETS = 'application/octet-stream';

/** The media types of compressed pixels (PS3.18 tables 8.7.3-4 and -5). */
const COMPRESSED_TYPES: readonly (readonly [transferSyntaxes: RegExp, type: string])[] = [
  [/^1\.2\.840\.10008\.1\.2\.4\.(50|51|57|70)$/, 'image/jpeg'],
  [/^1\.2\.840\.10008\.1\.2\.4\.(80|81)$/, 'image/jls'],
  [/^1\.2\.840\.10008\.1\.2\.4\.(90|91)$/, 'image/jp2'],
  [/^1\.2\.840\.10008\.1\.2\.4\.(92|93)$/, 'image/jpx'],
  [/^1\.2\.840\.10008\.1\.2\.4\.20[1-3]$/, 'image/jphc'],
  [/^1\.2\.840\.10008\.1\.2\.5$/, 'image/dicom-rle'],
  [/^1\.2\.840\.10008\.1\.2\.4\.10[01](\.1)?$/, 'video/mpeg2'],
  [/^1\.2\.840\.10008\.1\.2\.4\.10[2-6](\.1)?$/, 'video/mp4'],
];

/** The forms in which pixels can be given as they are stored; none for big-endian ones, which have no media type. */
export function pixelOffers({ transferSyntaxUid }: RetainedInstance, { encoding }: StoredDataSet): readonly Offer[] {
  if (!encoding.littleEndian) return [];
  const forms = encoding.encapsulated
    ? COMPRESSED_TYPES.filter(([syntaxes]) => syntaxes.test(transferSyntaxUid)).map(([, type]) => ({
        type,
        transferSyntaxUid,
      }))
    : [{ type: OCTETS, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }];
  const byName = encoding.encapsulated ? [{ type: OCTETS, transferSyntaxUid, onlyIfNamed: true }] : [];
  return [...forms, ...byName].flatMap((form) => [
    { ...form, multipart: true },
    { ...form, multipart: false },
  ]);
}

/**
 * Where these frames lie, or all of them; undefined where they cannot be given, and the refusal has been sent.
 */
export async function framesOf(
  stored: StoredDataSet,
  { response, numbers }: { readonly response: Response; readonly numbers?: readonly number[] | undefined },
): Promise<FramePlaces | undefined> {
  const title = 'The frames cannot be given';
  if (stored.pixelData === undefined) {
    refuse(response, 404, { title, detail: 'the instance has no pixels' });
    return undefined;
  }
  const places = await framePlaces(stored.dataSet, stored.pixelData, stored.bytes);
  if (isFramesFault(places)) {
    refuse(response, 406, { title, detail: places.fault });
    return undefined;
  }
  const wanted = numbers?.flatMap((number) => places.slice(number - 1, number)) ?? places;
  if (numbers === undefined || wanted.length === numbers.length) return wanted;
  refuse(response, 404, { title, detail: `the instance has ${places.length} of them` });
  return undefined;
}

/**
 * Frame numbers from 1, as in `1,3,5`.
 * @throws NodeError bad-request
 */
export function frameNumbers(list: unknown): readonly number[] {
  const text = typeof list === 'string' ? list : '';
  if (/^[1-9]\d{0,8}(,[1-9]\d{0,8}){0,9999}$/.test(text)) return text.split(',').map(Number);
  throw new NodeError('bad-request', 'frames are numbers from 1, with commas between');
}
