import type { EventLog, Intake, Reception } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { type FileHead, GREATEST_FILE_META_LENGTH, readFileMeta } from '../part10/read-file-meta.ts';
import { CANNOT_UNDERSTAND, FAILURE_REASON, NOT_OF_THIS_STUDY } from './failure-reason.ts';
import { parseMediaType } from './media-type.ts';
import type { Part } from './multipart-related.ts';
import type { StoredOrNot } from './store-response.ts';
import { StudyWatch } from './study-watch.ts';

/** What a store request says about all of its parts. */
export interface StoreContext {
  readonly intake: Intake;
  readonly log: EventLog;
  /** Who sent the request. */
  readonly callingAeTitle: string;
  /** The study in the address of the request, if it names one. */
  readonly studyInstanceUid?: string;
}

/** A part whose bytes have all been taken. */
export interface ReceivedPart {
  readonly sopInstanceUid: string;
  /** Makes it durable; called once. What goes wrong is in the outcome: never rejects. */
  readonly keep: () => Promise<StoredOrNot>;
}

type Uids = Pick<StoredOrNot, 'sopClassUid' | 'sopInstanceUid'>;
const NO_UIDS: Uids = { sopClassUid: '', sopInstanceUid: '' };

/** Bytes that are no Part 10 file say nothing of themselves. */
const NO_META = { ...NO_UIDS, transferSyntaxUid: '' };
/** As much of such bytes goes to quarantine: enough to see what they are. */
const QUARANTINED_BYTES = 1024 * 1024;

/**
 * Hands the Part 10 file in one part to the intake, chunk by chunk. What is wrong with the part is in its outcome.
 * @throws whatever reading the request throws: then nothing of the part is kept
 */
export async function receivePart(part: Part, context: StoreContext): Promise<ReceivedPart> {
  const type = part.headers.get('content-type');
  if (type !== undefined && parseMediaType(type)?.type !== 'application/dicom') {
    return withOutcome({ ...NO_UIDS, failureReason: CANNOT_UNDERSTAND });
  }
  const chunks = part.body[Symbol.asyncIterator]();
  const { bytes, head } = await readHead(chunks);
  const { sopClassUid, sopInstanceUid } = isFault(head) ? NO_UIDS : head.meta;
  const uids = { sopClassUid, sopInstanceUid };
  let reception: Reception;
  try {
    reception = await openReception(head, context);
  } catch (error) {
    return withOutcome(failed(uids, error, context.log));
  }
  const failure = await passOn({ bytes, head, chunks }, reception, context);
  if (failure !== undefined) {
    await (failure.refused ? reception.refuse(failure.error as NodeError) : reception.abort());
    return withOutcome(failed(uids, failure.error, context.log));
  }
  return {
    sopInstanceUid,
    keep: () =>
      reception.finish().then(
        () => uids,
        (error: unknown) => failed(uids, error, context.log),
      ),
  };
}

function withOutcome(outcome: StoredOrNot): ReceivedPart {
  return { sopInstanceUid: outcome.sopInstanceUid, keep: () => Promise.resolve(outcome) };
}

/** What was read of a part so far, and why the bytes are no Part 10 file where they are none. */
interface PartHead {
  readonly bytes: Uint8Array;
  readonly head: FileHead | NodeError;
}

function isFault(head: FileHead | NodeError): head is NodeError {
  return head instanceof NodeError;
}

/** Reads on until the file meta information is complete; looks again each time that twice as much has arrived. */
async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<PartHead> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  let nextLook = 0;
  for (;;) {
    const next = await chunks.next();
    if (next.done !== true) {
      gathered.push(next.value);
      length += next.value.length;
      if (length < nextLook) {
        continue;
      }
    }
    const bytes = gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered);
    const head = headOf(bytes);
    if (head !== undefined) return { bytes, head };
    if (next.done === true || length > GREATEST_FILE_META_LENGTH) {
      return { bytes, head: new NodeError('not-an-instance', 'the file meta information is cut off') };
    }
    gathered = [bytes];
    nextLook = length * 2;
  }
}

function headOf(bytes: Uint8Array): FileHead | NodeError | undefined {
  try {
    return readFileMeta(bytes);
  } catch (error) {
    // The answer for this part says so; the bytes go to quarantine.
    if (error instanceof NodeError) return error;
    throw error;
  }
}

function openReception(head: PartHead['head'], context: StoreContext): Promise<Reception> {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = isFault(head) ? NO_META : head.meta;
  const { callingAeTitle } = context;
  return context.intake.open({
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid,
    via: 'stow',
    callingAeTitle,
    calledAeTitle: '',
  });
}

interface PartBytes extends PartHead {
  /** What follows the bytes of the head. */
  readonly chunks: AsyncIterator<Uint8Array>;
}

interface Failure {
  readonly error: unknown;
  /** What came is not to be stored, and is kept in quarantine; otherwise the intake itself failed. */
  readonly refused: boolean;
}

/** Writes the data set to the reception. Returns why it must not be stored, if so. */
async function passOn(part: PartBytes, reception: Reception, context: StoreContext): Promise<Failure | undefined> {
  const { studyInstanceUid } = context;
  let refusal: NodeError | undefined = isFault(part.head) ? part.head : undefined;
  const watch = studyInstanceUid === undefined || refusal !== undefined ? undefined : new StudyWatch(studyInstanceUid);
  let room = refusal === undefined ? Number.POSITIVE_INFINITY : QUARANTINED_BYTES;
  let chunk = part.bytes;
  let offset = isFault(part.head) ? 0 : part.head.dataSetOffset;
  for (;;) {
    if (refusal === undefined && watch?.take(chunk) === 'different') refusal = new OtherStudy();
    const failure = await failureOf(reception.write(chunk.subarray(offset, offset + room)));
    if (failure !== undefined) return { error: failure, refused: false };
    room -= chunk.length;
    const next = room > 0 ? await nextOrAbort(part.chunks, reception) : undefined;
    if (next === undefined || next.done === true) {
      if (refusal === undefined && watch?.end() === 'different') refusal = new OtherStudy();
      return refusal === undefined ? undefined : { error: refusal, refused: true };
    }
    chunk = next.value;
    offset = 0;
  }
}

async function nextOrAbort(
  chunks: AsyncIterator<Uint8Array>,
  reception: Reception,
): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next();
  } catch (error) {
    await reception.abort();
    throw error;
  }
}

async function failureOf(written: Promise<void>): Promise<unknown> {
  try {
    await written;
    return undefined;
  } catch (error) {
    return error ?? new NodeError('storage-failed', 'the instance could not be written');
  }
}

class OtherStudy extends NodeError {
  constructor() {
    super('contradicts-context', 'the instance does not belong to the study that the request names', {
      subject: { attribute: 'StudyInstanceUID' },
    });
  }
}

function failed(uids: Uids, error: unknown, log: EventLog): StoredOrNot {
  const code = error instanceof NodeError ? error.code : 'storage-failed';
  const failureReason = error instanceof OtherStudy ? NOT_OF_THIS_STUDY : FAILURE_REASON[code];
  const { sopClassUid, sopInstanceUid } = uids;
  log.warn('stow-instance-not-stored', { sopInstanceUid, code, failureReason, message: messageOf(error) });
  return { sopClassUid, sopInstanceUid, failureReason, later: code === 'storage-full' };
}
