import { z } from 'zod';
import type { DeliveryOutcome, OutgoingInstance } from '../app/ports.ts';
import { causeOfReason, PROCESSING_FAILURE, reasonInWords, saysAlreadyStored } from './failure-reason.ts';

/** What a destination answered to a store request, whatever carried it. */
export interface StoreAnswer {
  readonly status: number;
  readonly body: string;
}

const uids = z.object({ Value: z.array(z.string()).optional() }).optional();
const reasons = z.object({ Value: z.array(z.number()).optional() }).optional();
const item = z.object({ '00081155': uids, '00081196': reasons, '00081197': reasons });
const items = z.object({ Value: z.array(item).optional() }).optional();
const responseModule = z.object({ '00081198': items, '00081199': items, '0008119A': items });

/** The Store Instances Response Module (PS3.18 I.2) by SOP Instance UID. */
interface ReadResponse {
  readonly failed: ReadonlyMap<string, number>;
  /** With the Warning Reason (0008,1196), if there is one. */
  readonly stored: ReadonlyMap<string, number | undefined>;
  /** Of what it could not name: Other Failures Sequence (0008,119A). */
  readonly unnamed: readonly number[];
}

/** The statuses that tell an outcome for each instance (PS3.18 table 10.5.3-1). */
export function tellsOutcomes(status: number): boolean {
  return status === 200 || status === 202 || status === 409;
}

/** What the answer says about each instance. Success is believed only for an instance that the answer names. */
export function outcomesIn(answer: StoreAnswer, sent: readonly OutgoingInstance[]): readonly DeliveryOutcome[] {
  const response = readResponse(answer.body);
  const isNamed = (uid: string): boolean => response?.failed.has(uid) === true || response?.stored.has(uid) === true;
  const nameless = sent.filter(({ sopInstanceUid }) => !isNamed(sopInstanceUid)).length;
  return sent.map((instance) => {
    const failure = response?.failed.get(instance.sopInstanceUid);
    if (failure !== undefined) {
      return saysAlreadyStored(failure)
        ? { stored: true, warning: reasonInWords(failure) }
        : { stored: false, cause: causeOfReason(failure), reason: reasonInWords(failure) };
    }
    if (response?.stored.has(instance.sopInstanceUid) === true) {
      const warning = response.stored.get(instance.sopInstanceUid);
      return warning === undefined ? { stored: true } : { stored: true, warning: reasonInWords(warning) };
    }
    // An empty 200 still means that all were stored (PS3.18 table 10.5.3-1).
    return answer.status === 200 && answer.body.trim() === ''
      ? { stored: true, warning: 'the destination answered 200 without naming what it stored' }
      : unnamedOutcome(answer.status, response?.unnamed ?? [], nameless);
  });
}

/** Failures without a name are held against instances only where there are as many, all for one reason. */
function unnamedOutcome(status: number, reasons: readonly number[], nameless: number): DeliveryOutcome {
  const [reason] = reasons;
  if (reason !== undefined && reasons.length >= nameless && reasons.every((other) => other === reason)) {
    return { stored: false, cause: causeOfReason(reason), reason: reasonInWords(reason) };
  }
  const words = `the destination answered ${status} without saying what became of it`;
  return { stored: false, cause: 'no-outcome', reason: words };
}

function readResponse(body: string): ReadResponse | undefined {
  const parsed = responseModule.safeParse(jsonOf(body));
  if (!parsed.success) {
    return undefined;
  }
  const failed = parsed.data['00081198']?.Value ?? [];
  const stored = parsed.data['00081199']?.Value ?? [];
  const unnamed = parsed.data['0008119A']?.Value ?? [];
  return {
    failed: new Map(failed.map((one) => [uidOf(one), one['00081197']?.Value?.[0] ?? PROCESSING_FAILURE])),
    stored: new Map(stored.map((one) => [uidOf(one), one['00081196']?.Value?.[0]])),
    unnamed: unnamed.map((one) => one['00081197']?.Value?.[0] ?? PROCESSING_FAILURE),
  };
}

/** Some servers wrap the one data set in an array, as they do for queries. */
function jsonOf(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body);
    return Array.isArray(parsed) ? parsed[0] : parsed;
  } catch {
    return undefined;
  }
}

function uidOf(one: z.infer<typeof item>): string {
  return one['00081155']?.Value?.[0] ?? '';
}
