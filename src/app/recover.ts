import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isPixelDataTag } from '../core/attributes/tags.ts';
import { messageOf } from '../core/errors.ts';
import { inspectDataSet } from '../part10/inspect-data-set.ts';
import { GREATEST_FILE_META_LENGTH, readFileMeta } from '../part10/read-file-meta.ts';
import type { InstanceSpool, KeptInstance } from '../spool/instance-spool.ts';
import { unknownFiles } from '../store/spool-files.ts';
import type { NodeContext } from './node-context.ts';

/** How much of a file is read to know what it is; instances up to this size are read as a whole. */
const HEAD_BYTES = 4 * 1024 * 1024;

/**
 * Finds the instances that were acknowledged and not yet on record when the node ended, in order of arrival: the spool
 * is the truth that survives.
 * @returns how many were found
 */
export async function recoverSpool(
  spool: InstanceSpool,
  { spoolFolder, admit }: { readonly spoolFolder: string; readonly admit: (kept: KeptInstance) => void },
  context: NodeContext,
): Promise<number> {
  let found = 0;
  for await (const files of spool.files()) {
    const unknown = await unknownFiles(
      context.db,
      files.map((file) => `${spoolFolder}/${file}`),
    );
    for (const path of unknown) {
      const file = path.slice(spoolFolder.length + 1);
      try {
        admit(await readKept(spool, file));
        found += 1;
      } catch (error) {
        context.log.error('spool-file-unreadable', { file, cause: messageOf(error) });
        await rename(spool.absolute(file), join(spool.options.quarantineDirectory, file.replaceAll('/', '-')));
      }
    }
  }
  return found;
}

async function readKept(spool: InstanceSpool, file: string): Promise<KeptInstance> {
  const handle = await open(spool.absolute(file), 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES + GREATEST_FILE_META_LENGTH));
    await handle.read(head, 0, head.length, 0);
    const fileHead = readFileMeta(head);
    if (fileHead === undefined) throw new Error('the file meta information is cut off');
    const { meta, dataSetOffset } = fileHead;
    const { header, dataSet } = inspectDataSet(head.subarray(dataSetOffset), meta, size - dataSetOffset);
    const pixels = dataSet?.elements.find((element) => isPixelDataTag(element.tag));
    const called = meta.receivingAeTitle ?? '';
    return {
      announced: {
        sopClassUid: meta.sopClassUid,
        sopInstanceUid: meta.sopInstanceUid,
        transferSyntaxUid: meta.transferSyntaxUid,
        via: called === '' ? 'stow' : 'dimse',
        callingAeTitle: meta.sendingAeTitle ?? '',
        calledAeTitle: called,
      },
      header,
      receivedAt: arrivalTime(file) ?? Math.round(mtimeMs),
      file,
      dataSetOffset,
      dataSetLength: size - dataSetOffset,
      dataSetSha256: await hashOfRest(handle, dataSetOffset),
      pixelSha256:
        pixels === undefined || dataSet === undefined
          ? null
          : createHash('sha256')
              .update(dataSet.bytes(pixels.tag) as Uint8Array)
              .digest('hex'),
    };
  } finally {
    await handle.close();
  }
}

/** The name of a spool file begins with the time of its arrival. */
function arrivalTime(file: string): number | undefined {
  const digits = /(\d{14})-[^/]*$/.exec(file)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

async function hashOfRest(handle: Awaited<ReturnType<typeof open>>, start: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of handle.createReadStream({ start, autoClose: false })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
