import type { Picture, SeriesPictures } from '../../api/series-detail.ts';
import { firstDecimal } from '../../core/attributes/attribute-reader.ts';
import { isPlaneFault, readImagePlane } from '../../core/attributes/read-plane.ts';
import { tagOf } from '../../core/attributes/tags.ts';
import { NodeError } from '../../core/errors.ts';
import { edgeLetters } from '../../core/geometry/edge-letters.ts';
import type { ImagePlane } from '../../core/geometry/image-plane.ts';
import type { LookupTable } from '../../core/rendering/lookup-table.ts';
import { type InstanceRecord, instancesOfSeries } from '../../store/instances.ts';
import { type ResultRecord, standingResults } from '../../store/results.ts';
import { seriesByIds } from '../../store/series.ts';
import type { NodeContext } from '../node-context.ts';
import { leavingInstances } from '../review/series-in-review.ts';
import { type PicturePlace, picturePlaces } from './picture-places.ts';
import { isNotShown, type NotShown, type StoredPicture, withStoredPicture } from './stored-picture.ts';

/** So many headers are read at the same time. */
const AT_ONCE = 16;

/** A picture without its place in the series, which only all of them together tell. */
type Unplaced = Omit<Picture, 'slice' | 'phase'> & { readonly instanceNumber: number | undefined };

interface Source {
  readonly instance: InstanceRecord;
  readonly result?: ResultRecord | undefined;
}

/**
 * The pictures of a series as received, and as they left where it was turned, slice by slice and phase by phase. Reads
 * their headers, not their pixels.
 * @throws NodeError not-found, storage-failed, database-failed
 */
export async function seriesPictures(
  id: number,
  context: Pick<NodeContext, 'db' | 'dataDir'>,
): Promise<SeriesPictures> {
  const { db } = context;
  const [series] = await seriesByIds(db, [id]);
  if (series === undefined) throw new NodeError('not-found', 'There is no such series');
  const instances = leavingInstances(await instancesOfSeries(db, id));
  const results = new Map((await standingResults(db, id)).map((result) => [result.instanceId, result]));
  const received = await described(
    instances.map((instance) => ({ instance })),
    context,
  );
  const derived = await described(
    instances.flatMap((instance) => {
      const result = results.get(instance.id);
      return result === undefined ? [] : [{ instance, result }];
    }),
    context,
  );
  const numbers = new Map(
    received.pictures.flatMap(({ instanceId, instanceNumber }) =>
      instanceNumber === undefined ? [] : [[instanceId, instanceNumber] as const],
    ),
  );
  const places = picturePlaces(instances, numbers);
  return {
    received: inOrder(received.pictures, places),
    result: results.size === 0 ? null : inOrder(derived.pictures, places),
    notShown: [...received.notShown, ...derived.notShown],
  };
}

async function described(sources: readonly Source[], context: Pick<NodeContext, 'db' | 'dataDir'>) {
  const pictures: Unplaced[] = [];
  const notShown: SeriesPictures['notShown'] = [];
  for (let at = 0; at < sources.length; at += AT_ONCE) {
    const some = sources.slice(at, at + AT_ONCE);
    const read = some.map((source) => withStoredPicture(source, context, (stored) => pictureOf(source, stored)));
    for (const [i, picture] of (await Promise.all(read)).entries()) {
      const { instance, result } = some[i] as Source;
      if ('why' in picture) notShown.push({ sopInstanceUid: (result ?? instance).sopInstanceUid, why: picture.why });
      else pictures.push(picture);
    }
  }
  return { pictures, notShown };
}

function pictureOf({ instance, result }: Source, stored: StoredPicture | NotShown): Unplaced | NotShown {
  if (isNotShown(stored)) return stored;
  const { header, picture, instanceNumber } = stored;
  const { layout, window, voiLut } = picture;
  const found = readImagePlane(header);
  const plane = isPlaneFault(found) ? undefined : found;
  return {
    instanceId: instance.id,
    resultId: result?.id ?? null,
    sopInstanceUid: (result ?? instance).sopInstanceUid,
    instanceNumber,
    triggerTimeMs: firstDecimal(header, tagOf('TriggerTime')) ?? null,
    rows: layout.rows,
    columns: layout.columns,
    photometric: picture.photometric,
    sample: picture.sample,
    slope: picture.slope,
    intercept: picture.intercept,
    window: window === undefined ? null : { ...window },
    voiLut: voiLut === undefined ? null : tableOf(voiLut),
    pixelAspect: picture.pixelAspect,
    plane: plane === undefined ? null : placeOf(plane),
    letters: plane === undefined ? null : edgeLetters(plane),
    pixels: pixelsAddress(instance.id, result?.id),
  };
}

/** Where the JSON interface gives the bytes. */
function pixelsAddress(instanceId: number, resultId: number | undefined): string {
  return `/api/v1/instances/${instanceId}/pixels${resultId === undefined ? '' : `?result=${resultId}`}`;
}

function tableOf({ first, entries, greatest }: LookupTable): NonNullable<Picture['voiLut']> {
  return { firstMapped: first, bits: Math.round(Math.log2(greatest + 1)), values: [...entries] };
}

function placeOf(plane: ImagePlane): NonNullable<Picture['plane']> {
  return {
    imagePositionPatient: [...plane.imagePositionPatient],
    rowCosines: [...plane.rowCosines],
    columnCosines: [...plane.columnCosines],
    rowSpacingMm: plane.rowSpacingMm,
    columnSpacingMm: plane.columnSpacingMm,
  };
}

function inOrder(pictures: readonly Unplaced[], places: ReadonlyMap<number, PicturePlace>): Picture[] {
  return pictures
    .map(({ instanceNumber: _, ...picture }) => ({ ...picture, ...(places.get(picture.instanceId) as PicturePlace) }))
    .sort((one, other) => one.slice - other.slice || one.phase - other.phase);
}
