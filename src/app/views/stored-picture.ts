import { type AttributeReader, firstDecimal } from '../../core/attributes/attribute-reader.ts';
import { nameOfTag, tagOf } from '../../core/attributes/tags.ts';
import { NodeError } from '../../core/errors.ts';
import type { PixelLayout } from '../../core/pixels/pixel-layout.ts';
import { type GreyPicture, isNoGreyPicture, readGreyPicture } from '../../core/rendering/grey-picture.ts';
import { framePlaces, isFramesFault } from '../../part10/frame-places.ts';
import { readStoredDataSet } from '../../part10/stored-data-set.ts';
import type { InstanceRecord } from '../../store/instances.ts';
import type { ResultRecord } from '../../store/results.ts';
import type { NodeContext } from '../node-context.ts';
import { openRetained } from '../retained-file.ts';

/** The one grey picture of a stored instance, received or derived. */
export interface StoredPicture {
  readonly header: AttributeReader;
  readonly picture: GreyPicture;
  readonly instanceNumber: number | undefined;
  /** Of its one frame, as stored. @throws NodeError storage-failed */
  readonly bytes: () => Promise<Uint8Array>;
}

/** Why a stored instance cannot be shown, in plain words. */
export interface NotShown {
  readonly why: string;
}

export function isNotShown(stored: StoredPicture | NotShown): stored is NotShown {
  return 'why' in stored;
}

/**
 * Opens an instance as received, or its result, which is derived again where its file is gone, for as long as `use`
 * works with it. Reads its header only.
 * @throws NodeError storage-failed, database-failed
 */
export async function withStoredPicture<T>(
  { instance, result }: { readonly instance: InstanceRecord; readonly result?: ResultRecord | undefined },
  context: Pick<NodeContext, 'db' | 'dataDir'>,
  use: (stored: StoredPicture | NotShown) => T | Promise<T>,
): Promise<T> {
  const { sopClassUid } = instance;
  const file = await openRetained(
    result === undefined
      ? { ...instance, instanceId: instance.id, resultId: null }
      : { ...result, studyInstanceUid: instance.studyInstanceUid, sopClassUid, resultId: result.id },
    context,
  );
  if (file === undefined) return use({ why: 'Its file is not on the disk any more.' });
  try {
    return await use(await pictureIn(file, (result ?? instance).transferSyntaxUid));
  } finally {
    await file.close();
  }
}

async function pictureIn(
  file: Parameters<typeof readStoredDataSet>[0],
  transferSyntaxUid: string,
): Promise<StoredPicture | NotShown> {
  try {
    const { dataSet, pixelData, encoding, bytes } = await readStoredDataSet(file, transferSyntaxUid);
    if (pixelData === undefined) return { why: 'It has no pixels.' };
    if (encoding.encapsulated) return { why: 'Its pixels are compressed, and are not decoded here.' };
    if (!encoding.littleEndian) return { why: 'Its pixels are stored big-endian, and are not decoded here.' };
    const picture = readGreyPicture(dataSet, nameOfTag(pixelData.tag) as PixelLayout['keyword']);
    if (isNoGreyPicture(picture)) return { why: asSentence(picture.fault) };
    const places = await framePlaces(dataSet, pixelData, bytes);
    if (isFramesFault(places)) return { why: asSentence(places.fault) };
    const place = places[0]?.[0];
    if (place === undefined || place.length < picture.layout.byteLength) return { why: 'It has no whole frame.' };
    return {
      header: dataSet,
      picture,
      instanceNumber: firstDecimal(dataSet, tagOf('InstanceNumber')),
      bytes: () => bytes.read(place.start, place.length),
    };
  } catch (error) {
    // What came in is kept whatever it is: some of it nobody can read.
    if (error instanceof NodeError && error.code !== 'storage-failed') return { why: asSentence(error.words) };
    throw error;
  }
}

function asSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
