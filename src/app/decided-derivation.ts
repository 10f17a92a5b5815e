import { type DerivationRecord, derivationDescription } from '../core/derivation/derivation-record.ts';
import type { Correction, ObservedOrientation } from '../core/orientation/d4.ts';
import type { ModelIdentity } from '../core/orientation/slice-prediction.ts';
import type { Reader } from '../store/database.ts';
import { earlierDerivation } from '../store/reviews.ts';

/** What of a derivation is the same for every decision of a site. */
export type DerivationSettings = Pick<
  DerivationRecord,
  | 'manufacturer'
  | 'productName'
  | 'softwareVersion'
  | 'modifyingSystem'
  | 'imageTypeValue1'
  | 'seriesDescriptionSuffix'
  | 'seriesNumberOffset'
  | 'privateGeometry'
>;

/** All that the derived instances of one decision will say. */
export function decidedDerivation(
  decision: { readonly observedCode?: ObservedOrientation; readonly correction: Correction },
  options: {
    readonly settings: DerivationSettings;
    readonly model: Pick<ModelIdentity, 'name' | 'version' | 'sha256'> | undefined;
    readonly uidPolicy: DerivationRecord['uidPolicy'];
    readonly sourceOfPreviousValues: string;
    /** Milliseconds since the epoch. */
    readonly at: number;
    readonly byPerson?: boolean;
    /** See DerivationRecord. */
    readonly assertedOperation?: Correction | undefined;
  },
): DerivationRecord {
  const { settings, model, uidPolicy, sourceOfPreviousValues, at, byPerson = false, assertedOperation } = options;
  return {
    ...settings,
    ...dicomDateTime(new Date(at)),
    description: derivationDescription({
      product: settings.productName,
      softwareVersion: settings.softwareVersion,
      ...(model === undefined ? {} : { model }),
      byPerson,
      assertedOperation,
      observedCode: decision.observedCode ?? '',
      correction: decision.correction,
    }),
    sourceOfPreviousValues,
    uidPolicy,
    ...(assertedOperation === undefined ? {} : { assertedOperation }),
  };
}

/**
 * The derivation that a series had when it was turned like this before, for its UIDs are those of then: under one UID there
 * is one object, to the byte. Undefined where it never was.
 * @throws NodeError database-failed
 */
export async function earlierRecord(
  db: Reader,
  turn: Parameters<typeof earlierDerivation>[1],
): Promise<DerivationRecord | undefined> {
  const before = await earlierDerivation(db, turn);
  return before && { stack: before.kind, ...(before.derivation as DerivationRecord) };
}

/** DA, TM and DT (PS3.5 6.2) of a moment, in the local time of the node. */
function dicomDateTime(at: Date): Pick<DerivationRecord, 'date' | 'time' | 'dateTime'> {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return { date, time, dateTime: `${date}${time}${zone}` };
}
