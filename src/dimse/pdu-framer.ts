import { ABORT_REASON, PDU_HEADER_LENGTH, PDU_TYPE, ProtocolError } from './pdu.ts';

export interface PduLimits {
  /** A-ASSOCIATE-RQ and -AC, bytes after the header. */
  readonly associate: number;
  /** P-DATA-TF, bytes after the header. */
  readonly dataTransfer: number;
}

/** A-ASSOCIATE-RJ, A-RELEASE and A-ABORT are four bytes long. */
const FIXED_LENGTH = 4;

/**
 * Cuts a byte stream into whole PDUs. A PDU that is longer than its kind may be is refused by its header, before
 * room is made for it; each byte is copied once at most.
 */
export class PduFramer {
  readonly #limits: PduLimits;
  #rest: Buffer = Buffer.alloc(0);
  #partial: Buffer | undefined;
  #filled = 0;

  constructor(limits: PduLimits) {
    this.#limits = limits;
  }

  /** Whether a PDU has begun and not ended. */
  get midway(): boolean {
    return this.#partial !== undefined || this.#rest.length > 0;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** The next whole PDU, header included, or undefined until more bytes come. @throws ProtocolError */
  next(): Buffer | undefined {
    if (this.#partial === undefined) {
      if (this.#rest.length < PDU_HEADER_LENGTH) {
        return undefined;
      }
      const total = PDU_HEADER_LENGTH + this.#checkedLength();
      if (this.#rest.length >= total) {
        const pdu = this.#rest.subarray(0, total);
        this.#rest = this.#rest.subarray(total);
        return pdu;
      }
      this.#partial = Buffer.allocUnsafe(total);
      this.#filled = 0;
    }
    return this.#fill(this.#partial);
  }

  #fill(partial: Buffer): Buffer | undefined {
    const copied = this.#rest.copy(partial, this.#filled);
    this.#filled += copied;
    this.#rest = this.#rest.subarray(copied);
    if (this.#filled < partial.length) {
      return undefined;
    }
    this.#partial = undefined;
    return partial;
  }

  #checkedLength(): number {
    const type = this.#rest.readUInt8(0);
    const length = this.#rest.readUInt32BE(2);
    const limit = this.#limitOf(type);
    if (limit === undefined) {
      throw new ProtocolError(`PDU type ${type} does not exist`, ABORT_REASON.unrecognizedPdu);
    }
    if (length > limit) {
      throw new ProtocolError(
        `PDU of type ${type} is ${length} bytes long, at most ${limit} are taken`,
        ABORT_REASON.invalidParameter,
      );
    }
    return length;
  }

  #limitOf(type: number): number | undefined {
    switch (type) {
      case PDU_TYPE.associateRequest:
      case PDU_TYPE.associateAccept:
        return this.#limits.associate;
      case PDU_TYPE.dataTransfer:
        return this.#limits.dataTransfer;
      case PDU_TYPE.associateReject:
      case PDU_TYPE.releaseRequest:
      case PDU_TYPE.releaseResponse:
      case PDU_TYPE.abort:
        return FIXED_LENGTH;
      default:
        return undefined;
    }
  }
}
