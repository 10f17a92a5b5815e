import { type FileHandle, open } from 'node:fs/promises';
import type { OutgoingInstance } from '../app/ports.ts';
import { ANNOUNCED_MAX_PDU_LENGTH } from './dimse-library.ts';
import type { GuardedSocket } from './guarded-socket.ts';
import { dataSetFragmentHeader, PDV_HEADER_LENGTH } from './pdu.ts';

/** As much of a data set as is in memory at once; all of it, for most MR images. */
const BLOCK_BYTES = 1_048_576;
/** For a peer that announces a maximum that could carry nothing. */
const LEAST_FRAGMENT_BYTES = 256;

export interface Channel {
  readonly contextId: number;
  readonly peerMaxPduLength: number;
}

/** The data set of one stored Part 10 file on its way to an archive, byte for byte and block by block. */
export class OutgoingDataSet {
  readonly #file: FileHandle;
  readonly #end: number;
  #at: number;
  #block: Buffer;

  private constructor(file: FileHandle, instance: OutgoingInstance, firstBlock: Buffer) {
    this.#file = file;
    this.#end = instance.dataSetOffset + instance.dataSetLength;
    this.#at = instance.dataSetOffset + firstBlock.length;
    this.#block = firstBlock;
  }

  /** Opens the file and reads the first block, so that what cannot be read is known before anything is sent. */
  static async open(instance: OutgoingInstance): Promise<OutgoingDataSet> {
    const file = await open(instance.file, 'r');
    try {
      const { size } = await file.stat();
      if (size < instance.dataSetOffset + instance.dataSetLength) {
        throw new Error(`the stored file is ${size} bytes long and should be longer`);
      }
      const length = Math.min(BLOCK_BYTES, instance.dataSetLength);
      return new OutgoingDataSet(file, instance, await readExactly(file, instance.dataSetOffset, length));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /**
   * Sends the next block in P-DATA-TFs as long as the peer takes them; resolves when the peer has room for more.
   * False after the last block.
   */
  async sendBlock(socket: GuardedSocket, { contextId, peerMaxPduLength }: Channel): Promise<boolean> {
    const isLastBlock = this.#at >= this.#end;
    const greatest = fragmentLength(peerMaxPduLength);
    const drained = socket.writeAll(fragments(this.#block, { contextId, greatest, isLastBlock }));
    if (!drained) {
      await new Promise<void>((resolve) => socket.once('drain', resolve));
    }
    if (!isLastBlock) {
      this.#block = await readExactly(this.#file, this.#at, Math.min(BLOCK_BYTES, this.#end - this.#at));
      this.#at += this.#block.length;
    }
    return !isLastBlock;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** The greatest even number of bytes that fits; 0 means that the peer knows no maximum (PS3.8 D.1.1). */
function fragmentLength(peerMaxPduLength: number): number {
  const pduLength = peerMaxPduLength === 0 ? ANNOUNCED_MAX_PDU_LENGTH : peerMaxPduLength;
  const fitting = Math.min(pduLength, ANNOUNCED_MAX_PDU_LENGTH) - PDV_HEADER_LENGTH;
  return Math.max(fitting - (fitting % 2), LEAST_FRAGMENT_BYTES);
}

interface Fragmentation {
  readonly contextId: number;
  readonly greatest: number;
  readonly isLastBlock: boolean;
}

/** P-DATA-TF headers and the pieces of the block behind them; an empty data set is one empty last fragment. */
function fragments(block: Buffer, { contextId, greatest, isLastBlock }: Fragmentation): readonly Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  do {
    const piece = block.subarray(at, at + greatest);
    at += piece.length;
    const isLast = isLastBlock && at >= block.length;
    parts.push(dataSetFragmentHeader(contextId, piece.length, isLast), piece);
  } while (at < block.length);
  return parts;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(block, filled, length - filled, position + filled);
    if (bytesRead === 0) {
      throw new Error('the stored file ended early');
    }
    filled += bytesRead;
  }
  return block;
}
