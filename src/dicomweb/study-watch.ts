import { constants, inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';

/** `unreadable`: the head of the file cannot be parsed, so that whoever parses the whole of it has to judge. */
export type StudyVerdict = 'undecided' | 'same' | 'different' | 'unreadable';

/** The Study Instance UID stands near the beginning; only large private elements push it back. */
const GREATEST_HEAD_LENGTH = 4 * 1024 * 1024;
const STUDY_INSTANCE_UID = 'x0020000d';

/**
 * Watches the first bytes of a Part 10 file go by until they tell whether the instance belongs to a study: the
 * address of a store request may name one (PS3.18 10.5.1.1), and only the data set knows.
 */
export class StudyWatch {
  readonly #studyInstanceUid: string;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #nextLook = 1024;
  #verdict: StudyVerdict = 'undecided';

  constructor(studyInstanceUid: string) {
    this.#studyInstanceUid = studyInstanceUid;
  }

  /** Looks again each time that twice as much has arrived, so that the cost stays in proportion. */
  take(chunk: Uint8Array): StudyVerdict {
    if (this.#verdict !== 'undecided') {
      return this.#verdict;
    }
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#nextLook) {
      return 'undecided';
    }
    this.#nextLook = this.#length * 2;
    return this.#look(this.#length > GREATEST_HEAD_LENGTH);
  }

  /** The whole file has gone by. */
  end(): StudyVerdict {
    return this.#verdict === 'undecided' ? this.#look(true) : this.#verdict;
  }

  #look(last: boolean): StudyVerdict {
    const head = Buffer.concat(this.#chunks);
    this.#chunks = [head];
    const found = studyInstanceUidIn(head);
    if (found.state === 'found') {
      this.#verdict = found.uid === this.#studyInstanceUid ? 'same' : 'different';
    } else if (last) {
      this.#verdict = found.state === 'absent' ? 'different' : 'unreadable';
    }
    if (this.#verdict !== 'undecided') {
      this.#chunks = [];
    }
    return this.#verdict;
  }
}

type Found = { readonly state: 'found'; readonly uid: string } | { readonly state: 'absent' | 'unreadable' };

function studyInstanceUidIn(head: Buffer): Found {
  try {
    const dataSet = dicomParser.parseDicom(head, { untilTag: STUDY_INSTANCE_UID, inflater: inflateHead });
    const element = dataSet.elements[STUDY_INSTANCE_UID];
    if (element === undefined) {
      return { state: 'absent' };
    }
    if (element.dataOffset + element.length > dataSet.byteArray.length) {
      return { state: 'unreadable' };
    }
    return { state: 'found', uid: (dataSet.string(STUDY_INSTANCE_UID) ?? '').trim() };
  } catch {
    // Cut off or malformed: the parser does not tell which, more bytes will.
    return { state: 'unreadable' };
  }
}

/** A deflated data set is cut off here as any other; what can be inflated of it is enough. */
function inflateHead(bytes: Uint8Array, dataSetOffset: number): Uint8Array {
  const inflated = inflateRawSync(bytes.subarray(dataSetOffset), {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: GREATEST_HEAD_LENGTH,
  });
  return Buffer.concat([bytes.subarray(0, dataSetOffset), inflated]);
}
