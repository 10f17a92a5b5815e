import type { Request } from 'express';
import type { Retained, RetainedFile, RetainedInstance } from '../app/ports.ts';
import type { Address } from './service-address.ts';

/** What the path of a request names. */
export function addressIn({ params }: Request): Address {
  const { study, series, instance } = params;
  return {
    studyInstanceUid: String(study),
    ...(typeof series === 'string' ? { seriesInstanceUid: series } : {}),
    ...(typeof instance === 'string' ? { sopInstanceUid: instance } : {}),
  };
}

/** The instances that the path of a request names; none where nothing of it is retained. */
export function instancesAt(request: Request, retained: Retained): Promise<readonly RetainedInstance[]> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = addressIn(request);
  return retained.find({
    studyInstanceUid,
    ...(seriesInstanceUid === undefined ? {} : { seriesInstanceUid }),
    ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
  });
}

/**
 * Opens an instance for as long as something is done with it.
 * @returns undefined where it is not retained any more
 */
export async function withFile<T>(
  instance: RetainedInstance,
  work: (file: RetainedFile) => Promise<T>,
): Promise<T | undefined> {
  const file = await instance.open();
  if (file === undefined) return undefined;
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

const CHUNK_BYTES = 256 * 1024;

/** Bytes piece by piece; no instance is ever held whole. */
export async function* chunksOf(
  { read }: Pick<RetainedFile, 'read'>,
  ...ranges: readonly { readonly start: number; readonly length: number }[]
): AsyncGenerator<Uint8Array> {
  for (const { start, length } of ranges) {
    for (let at = 0; at < length; ) {
      const chunk = await read(start + at, Math.min(CHUNK_BYTES, length - at));
      // A file that ends early: the answer must not look whole.
      if (chunk.length === 0) throw new RangeError('a stored instance is shorter than it was');
      yield chunk;
      at += chunk.length;
    }
  }
}
