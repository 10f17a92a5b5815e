import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { AnnouncedInstance, Reception } from '../app/ports.ts';
import { isPixelDataTag } from '../core/attributes/tags.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { encodeFileMeta } from '../part10/file-meta.ts';
import { type Inspected, inspectDataSet } from '../part10/inspect-data-set.ts';
import type { InstanceSpool } from './instance-spool.ts';
import { quarantine } from './quarantine.ts';

/** Up to here a data set is held in memory and parsed where it lies; beyond, it goes to its file as it comes. */
const MEMORY_BYTES = 4 * 1024 * 1024;
/** How much of a large instance is looked at: its header. */
const HEAD_BYTES = 2 * 1024 * 1024;

/** One data set on its way into the spool. */
export class SpoolReception implements Reception {
  readonly #spool: InstanceSpool;
  readonly #announced: AnnouncedInstance;
  readonly #meta: Uint8Array;
  readonly #hash: Hash = createHash('sha256');
  #chunks: Uint8Array[] = [];
  #length = 0;
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;
  #head: Uint8Array | undefined;

  constructor(spool: InstanceSpool, announced: AnnouncedInstance) {
    this.#spool = spool;
    this.#announced = announced;
    this.#meta = encodeFileMeta({
      sopClassUid: announced.sopClassUid,
      sopInstanceUid: announced.sopInstanceUid,
      transferSyntaxUid: announced.transferSyntaxUid,
      sourceAeTitle: announced.callingAeTitle,
      sendingAeTitle: announced.callingAeTitle,
      receivingAeTitle: announced.calledAeTitle,
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    // The sender's buffer may be used again as soon as this call returns.
    const bytes = Buffer.from(chunk);
    this.#hash.update(bytes);
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    if (this.#file === undefined && this.#length <= MEMORY_BYTES) return;
    await this.#storing(() => this.#moveToFile());
  }

  async refuse(error: NodeError): Promise<void> {
    await this.#refuse(error);
  }

  async finish(): Promise<void> {
    try {
      const inspected = this.#inspect();
      await this.#storing(() => this.#keep(inspected));
    } catch (error) {
      if (error instanceof NodeError && !error.code.startsWith('storage')) await this.#refuse(error);
      else await this.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    this.#chunks = [];
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    await file.handle.close();
    await rm(file.path, { force: true });
  }

  #inspect(): Inspected {
    if (this.#file === undefined) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : Buffer.concat(this.#chunks);
      this.#chunks = [bytes];
      return inspectDataSet(bytes, this.#announced);
    }
    return inspectDataSet(this.#head as Uint8Array, this.#announced, this.#length);
  }

  async #moveToFile(): Promise<void> {
    if (this.#file === undefined) {
      this.#head = Buffer.concat(this.#chunks).subarray(0, HEAD_BYTES);
      await this.#openFile();
    }
    const chunks = this.#chunks;
    this.#chunks = [];
    await writeAll((this.#file as { handle: FileHandle }).handle, chunks);
  }

  async #openFile(): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    const path = this.#spool.unfinishedPath();
    const handle = await open(path, 'wx', 0o600);
    this.#file = { path, handle };
    if (this.#head !== undefined) await writeAll(handle, [this.#meta]);
    return this.#file;
  }

  async #keep({ header, dataSet }: Inspected): Promise<void> {
    const streamed = this.#file !== undefined;
    const file = this.#file ?? (await this.#openFile());
    if (!streamed) await writeAll(file.handle, [this.#meta, ...this.#chunks]);
    await file.handle.datasync();
    await file.handle.close();
    this.#file = undefined;
    const receivedAt = this.#spool.options.now();
    const { folder, path } = await this.#spool.place(header.sopInstanceUid, receivedAt);
    await rename(file.path, path);
    await this.#spool.directories.sync(folder);
    const pixels = dataSet?.elements.find((element) => isPixelDataTag(element.tag));
    this.#chunks = [];
    this.#spool.options.onKept({
      announced: this.#announced,
      header,
      receivedAt,
      file: this.#spool.relative(path),
      dataSetOffset: this.#meta.length,
      dataSetLength: this.#length,
      dataSetSha256: this.#hash.digest('hex'),
      pixelSha256:
        pixels === undefined || dataSet === undefined
          ? null
          : createHash('sha256')
              .update(dataSet.bytes(pixels.tag) as Uint8Array)
              .digest('hex'),
    });
  }

  async #refuse(error: NodeError): Promise<void> {
    const { options } = this.#spool;
    options.onRefused(this.#announced, error);
    try {
      if (this.#file === undefined) await writeAll((await this.#openFile()).handle, [this.#meta, ...this.#chunks]);
      const file = this.#file as unknown as { path: string; handle: FileHandle };
      await file.handle.close();
      this.#file = undefined;
      await quarantine(file.path, {
        error,
        announced: this.#announced,
        directory: options.quarantineDirectory,
        at: options.now(),
      });
    } catch (cause) {
      options.log.error('quarantine-failed', { cause: messageOf(cause) });
      await this.abort();
    }
  }

  /** Says what a failing disk means: full is told apart, because the sender may try again later. */
  async #storing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (cause instanceof NodeError) throw cause;
      const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((cause as NodeJS.ErrnoException).code ?? '');
      throw new NodeError(full ? 'storage-full' : 'storage-failed', 'the instance cannot be stored', { cause });
    }
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
  }
}
