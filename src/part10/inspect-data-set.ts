import { inflateRawSync } from 'node:zlib';
import { type InstanceHeader, readInstanceHeader } from '../core/attributes/instance-header.ts';
import { tagOf } from '../core/attributes/tags.ts';
import { NodeError } from '../core/errors.ts';
import { DataSet } from './data-set.ts';
import { type Encoding, encodingOf, isTurnableEncoding } from './transfer-syntax.ts';

/** A deflated data set that grows beyond this is not looked into. */
export const INFLATED_LIMIT_BYTES = 64 * 1024 * 1024;

export interface Inspected {
  readonly header: InstanceHeader;
  /** Undefined where the data set is not read as a whole: too large, deflated, or in an unknown transfer syntax. */
  readonly dataSet?: DataSet;
}

export interface Announced {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
}

/**
 * Tells an instance from what is none, and reads what is needed of it. `bytes` may be the head of `totalLength` bytes.
 *
 * What is read but cannot be judged is an instance all the same: geometry, sizes and values are never a reason to refuse.
 * @throws NodeError not-an-instance, truncated, contradicts-context
 */
export function inspectDataSet(bytes: Uint8Array, announced: Announced, totalLength = bytes.length): Inspected {
  if (totalLength === 0) throw new NodeError('not-an-instance', 'the data set is empty');
  const encoding = encodingOf(announced.transferSyntaxUid);
  if (encoding === undefined) return { header: unread(announced, 'is not known') };
  const whole = bytes.length === totalLength;
  const dataSet = readWhatIsThere(bytes, { encoding, totalLength });
  if (dataSet === undefined) return { header: unread(announced, 'leaves more than can be inflated') };
  assertAsAnnounced(dataSet, announced);
  const turnable = isTurnableEncoding(encoding) && whole;
  const fault = whole ? 'is compressed, deflated or big-endian' : 'belongs to an instance too large to be turned';
  const header = readInstanceHeader(
    dataSet,
    turnable ? undefined : { attribute: whole ? 'TransferSyntaxUID' : 'PixelData', fault },
  );
  return { header: named(header, announced), ...(turnable ? { dataSet } : {}) };
}

function readWhatIsThere(
  bytes: Uint8Array,
  { encoding, totalLength }: { readonly encoding: Encoding; readonly totalLength: number },
): DataSet | undefined {
  if (!encoding.deflated) return DataSet.read(bytes, encoding, totalLength);
  const inflated = bytes.length === totalLength ? inflate(bytes) : undefined;
  return inflated === undefined ? undefined : DataSet.read(inflated, encoding);
}

function inflate(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(bytes, { maxOutputLength: INFLATED_LIMIT_BYTES });
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw new NodeError('not-an-instance', 'the data set is not a deflate stream', { cause });
  }
}

function assertAsAnnounced(dataSet: DataSet, announced: Announced): void {
  const known = (['SOPClassUID', 'SOPInstanceUID', 'StudyInstanceUID', 'SeriesInstanceUID'] as const).some((keyword) =>
    dataSet.has(tagOf(keyword)),
  );
  if (!known) throw new NodeError('not-an-instance', 'the bytes hold no SOP, Series or Study Instance UID');
  for (const [attribute, said] of [
    ['SOPClassUID', announced.sopClassUid],
    ['SOPInstanceUID', announced.sopInstanceUid],
  ] as const) {
    const found = dataSet.strings(tagOf(attribute))?.[0] ?? '';
    if (found !== '' && said !== '' && found !== said) {
      throw new NodeError('contradicts-context', 'the data set is not the instance that was announced', {
        subject: { attribute },
      });
    }
  }
}

/** What the sender said stands in for what could not be read. */
function unread(announced: Announced, fault: string): InstanceHeader {
  return {
    sopClassUid: announced.sopClassUid,
    sopInstanceUid: announced.sopInstanceUid,
    studyInstanceUid: '',
    seriesInstanceUid: '',
    turnFault: { attribute: 'TransferSyntaxUID', fault },
    planeFault: { attribute: 'ImageOrientationPatient', fault: 'was not read' },
    kindHeader: {},
    invalidAttributes: [],
  };
}

function named(header: InstanceHeader, announced: Announced): InstanceHeader {
  return {
    ...header,
    sopClassUid: header.sopClassUid || announced.sopClassUid,
    sopInstanceUid: header.sopInstanceUid || announced.sopInstanceUid,
  };
}
