import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isPixelDataTag } from '../core/attributes/tags.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { inspectDataSet } from '../part10/inspect-data-set.ts';
import { GREATEST_FILE_META_LENGTH, readFileMeta } from '../part10/read-file-meta.ts';
import type { InstanceSpool, KeptInstance } from '../spool/instance-spool.ts';
import { MEMORY_BYTES } from '../spool/spool-reception.ts';
import { unknownFiles } from '../store/spool-files.ts';
import type { NodeContext } from './node-context.ts';
import { removeUnrecordedResults } from './remove-unrecorded-results.ts';

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
  await removeUnrecordedResults(context.now() - process.uptime() * 1000, context);
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
        if (error instanceof NodeError) await setAside(spool, file, context);
      }
    }
  }
  return found;
}

/** What is no instance goes to quarantine; what the disk does not give today, the next start tries again. */
async function setAside(spool: InstanceSpool, file: string, { log }: NodeContext): Promise<void> {
  try {
    await rename(spool.absolute(file), join(spool.options.quarantineDirectory, file.replaceAll('/', '-')));
  } catch (error) {
    log.error('spool-file-not-set-aside', { file, cause: messageOf(error) });
  }
}

async function readKept(spool: InstanceSpool, file: string): Promise<KeptInstance> {
  const handle = await open(spool.absolute(file), 'r');
  try {
    const { size, mtimeMs } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, MEMORY_BYTES + GREATEST_FILE_META_LENGTH));
    await handle.read(head, 0, head.length, 0);
    const fileHead = readFileMeta(head);
    if (fileHead === undefined) throw new NodeError('not-an-instance', 'the file meta information is cut off');
    const { meta, dataSetOffset } = fileHead;
    // As much is looked at as on arrival, so that the same is found.
    const dataSetHead = head.subarray(dataSetOffset, dataSetOffset + MEMORY_BYTES);
    const { header, dataSet } = inspectDataSet(dataSetHead, meta, size - dataSetOffset);
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
