import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { AnnouncedInstance, Reception } from '../app/ports.ts';
import { isPixelDataTag } from '../core/attributes/tags.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { DataSet } from '../part10/data-set.ts';
import { encodeFileMeta } from '../part10/file-meta.ts';
import { type Inspected, inspectDataSet } from '../part10/inspect-data-set.ts';
import { BufferPool } from './buffer-pool.ts';
import type { InstanceSpool } from './instance-spool.ts';
import { quarantine } from './quarantine.ts';

/** Up to here a data set is held in memory and parsed where it lies; beyond, it goes to its file as it comes. */
export const MEMORY_BYTES = 4 * 1024 * 1024;
/** How much of a large instance is looked at: its header. */
const HEAD_BYTES = 2 * 1024 * 1024;
/** So much is handed to the disk at a time while the rest is still coming. */
const WRITE_BYTES = 128 * 1024;
/** For data sets in memory, kept between receptions. */
const buffers = new BufferPool(4 * MEMORY_BYTES);

/** One data set on its way into the spool. */
export class SpoolReception implements Reception {
  readonly #spool: InstanceSpool;
  readonly #announced: AnnouncedInstance;
  readonly #meta: Uint8Array;
  readonly #hash: Hash = createHash('sha256');
  /** What came so far of a data set that is held in memory, in a buffer that may be longer. */
  #buffer: Buffer | undefined;
  #length = 0;
  /** How much of it was handed to the disk, and the line in which that is written. */
  #handedOver = 0;
  #writing: Promise<void> = Promise.resolve();
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;
  /** The head of a data set that is too large to be held in memory. */
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
    this.#hash.update(chunk);
    const before = this.#length;
    this.#length += chunk.length;
    if (this.#head === undefined && this.#length <= MEMORY_BYTES) {
      this.#append(chunk, before);
      if (this.#length - this.#handedOver >= WRITE_BYTES) this.#handOver();
      return;
    }
    // The sender's buffer may be used again as soon as this call returns.
    await this.#storing(() => this.#appendToFile(Buffer.from(chunk), before));
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
    await this.#writing.catch(() => undefined);
    this.#freeBuffer();
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    await file.handle.close();
    await rm(file.path, { force: true });
  }

  #append(chunk: Uint8Array, at: number): void {
    const full = this.#buffer !== undefined && this.#length > this.#buffer.length ? this.#buffer : undefined;
    if (this.#buffer === undefined || full !== undefined) this.#buffer = buffers.take(this.#length);
    if (full !== undefined) {
      full.copy(this.#buffer, 0, 0, at);
      // The disk may still be taking from it.
      this.#inLine(async () => buffers.giveBack(full));
    }
    this.#buffer.set(chunk, at);
  }

  /** Lets the disk take what came so far, while the rest is still coming. */
  #handOver(): void {
    const [from, to] = [this.#handedOver, this.#length];
    this.#handedOver = to;
    const part = this.#held().subarray(from, to);
    this.#inLine(async () => {
      const { handle } = this.#file ?? (await this.#openFile());
      await writeAll(handle, from === 0 ? [this.#meta, part] : [part]);
    });
  }

  /** One after the other; a failure is met where the line is waited for. */
  #inLine(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work);
    this.#writing.catch(() => undefined);
  }

  /** The whole data set where it is held in memory. */
  #held(length = this.#length): Buffer {
    return this.#buffer?.subarray(0, length) ?? Buffer.alloc(0);
  }

  #freeBuffer(): void {
    if (this.#buffer !== undefined) buffers.giveBack(this.#buffer);
    this.#buffer = undefined;
  }

  #inspect(): Inspected {
    if (this.#head === undefined) return inspectDataSet(this.#held(), this.#announced);
    return inspectDataSet(this.#head, this.#announced, this.#length);
  }

  async #appendToFile(chunk: Buffer, before: number): Promise<void> {
    if (this.#head === undefined) {
      const held = this.#held(before);
      this.#head = Buffer.concat([held, chunk.subarray(0, Math.max(0, HEAD_BYTES - before))]).subarray(0, HEAD_BYTES);
      await this.#moveToFile(before);
      this.#freeBuffer();
    }
    await writeAll((this.#file as { handle: FileHandle }).handle, [chunk]);
  }

  /** Everything that is held in memory is in the file too. */
  async #moveToFile(length: number): Promise<void> {
    await this.#writing;
    const { handle } = this.#file ?? (await this.#openFile());
    const rest = this.#held(length).subarray(this.#handedOver);
    if (this.#handedOver === 0) await writeAll(handle, [this.#meta, rest]);
    else if (rest.length > 0) await writeAll(handle, [rest]);
    this.#handedOver = length;
  }

  async #openFile(): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    const path = this.#spool.unfinishedPath();
    const handle = await open(path, 'wx', 0o600);
    this.#file = { path, handle };
    return this.#file;
  }

  /** The file with everything that came, wherever it was held. */
  async #wholeFile(): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    if (this.#head === undefined) await this.#moveToFile(this.#length);
    return this.#file as { readonly path: string; readonly handle: FileHandle };
  }

  async #keep({ header, dataSet }: Inspected): Promise<void> {
    const file = await this.#wholeFile();
    const durable = file.handle.datasync();
    // The processor has time for this while the disk is busy.
    const pixelSha256 = pixelHash(dataSet);
    await durable;
    await file.handle.close();
    const receivedAt = this.#spool.options.now();
    const { folder, path } = await this.#spool.place(header.sopInstanceUid, receivedAt);
    await rename(file.path, path);
    this.#file = undefined;
    await this.#spool.directories.sync(folder);
    this.#freeBuffer();
    this.#spool.options.onKept({
      announced: this.#announced,
      header,
      receivedAt,
      file: this.#spool.relative(path),
      dataSetOffset: this.#meta.length,
      dataSetLength: this.#length,
      dataSetSha256: this.#hash.digest('hex'),
      pixelSha256,
    });
  }

  async #refuse(error: NodeError): Promise<void> {
    const { options } = this.#spool;
    options.onRefused(this.#announced, error);
    try {
      const file = await this.#wholeFile();
      await file.handle.close();
      this.#file = undefined;
      this.#freeBuffer();
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

function pixelHash(dataSet: DataSet | undefined): string | null {
  const pixels = dataSet?.elements.find((element) => isPixelDataTag(element.tag));
  const bytes = pixels === undefined ? undefined : dataSet?.bytes(pixels.tag);
  return bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex');
}

/** One call for all where the disk takes it, as it does unless it is full. */
async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  let { bytesWritten: skip } = await handle.writev(chunks);
  for (const chunk of chunks) {
    let at = Math.min(skip, chunk.length);
    skip -= at;
    while (at < chunk.length) at += (await handle.write(chunk, at, chunk.length - at)).bytesWritten;
  }
}
