import type { DeliveryOutcome, Destination, EventLog, OutgoingInstance } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { unreadableFile } from '../core/unreadable-file.ts';
import type { ClientTls } from '../tls/client-tls.ts';
import { AssociationPool, type Loan } from './association-pool.ts';
import { MOST_CONTEXTS, type StorageContext } from './association-request.ts';
import { askForCommitment } from './commitment-scu.ts';
import { causeOfStoreStatus, isStoreWarning, storeStatusInWords } from './dimse-status.ts';
import { OutgoingDataSet } from './outgoing-data-set.ts';
import type { StoreTimes } from './store-association.ts';
import { uidInWords } from './uid-names.ts';

export interface DimseTimeouts extends StoreTimes {
  /** How long an association stays open for the next batch. */
  readonly idleReleaseSeconds: number;
}

export const DEFAULT_DIMSE_TIMEOUTS: DimseTimeouts = {
  connectSeconds: 10,
  associationSeconds: 30,
  responseSeconds: 60,
  idleReleaseSeconds: 2,
};

export interface DimseDestinationOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly tls?: ClientTls | undefined;
  /** Call with the AE title of the scanner where there is one, since archives route on it. */
  readonly passOnSourceAeTitle?: boolean;
  readonly concurrency: number;
  readonly timeouts?: Partial<DimseTimeouts>;
  readonly log: EventLog;
}

/** An archive over C-STORE. */
export function dimseDestination(options: DimseDestinationOptions): Destination {
  const { name, host, port, calledAeTitle, concurrency, tls } = options;
  const { idleReleaseSeconds, ...times } = { ...DEFAULT_DIMSE_TIMEOUTS, ...options.timeouts };
  const peer = { name, host, port, calledAeTitle, tls };
  const pool = new AssociationPool({ peer, times, most: concurrency, idleSeconds: idleReleaseSeconds });
  return {
    name,
    concurrency,
    deliver: async (batch, outcome) => {
      for (const part of partsOf(batch, options)) {
        await deliverPart({ pool, part, options }, outcome);
      }
    },
    askForCommitment: (request, takeReport) => {
      const call = { peer: { ...peer, callingAeTitle: options.callingAeTitle }, times };
      return askForCommitment(call, request, { takeReport, log: options.log });
    },
    close: () => pool.close(),
  };
}

/** Consecutive instances of a batch that one association can carry. */
interface Part {
  readonly callingAeTitle: string;
  readonly contexts: StorageContext[];
  readonly entries: { readonly index: number; readonly instance: OutgoingInstance }[];
}

function partsOf(batch: readonly OutgoingInstance[], options: DimseDestinationOptions): readonly Part[] {
  const parts: Part[] = [];
  batch.forEach((instance, index) => {
    const title = callingAeTitleFor(instance, options);
    let part = parts.at(-1);
    const isNew = !part?.contexts.some((context) => sameContext(context, instance));
    if (part === undefined || part.callingAeTitle !== title || (isNew && part.contexts.length >= MOST_CONTEXTS)) {
      part = { callingAeTitle: title, contexts: [], entries: [] };
      parts.push(part);
    }
    if (!part.contexts.some((context) => sameContext(context, instance))) {
      part.contexts.push({ sopClassUid: instance.sopClassUid, transferSyntaxUid: instance.transferSyntaxUid });
    }
    part.entries.push({ index, instance });
  });
  return parts;
}

/** A source without an AE title, such as a user of STOW-RS, is called for by this node's own. */
function callingAeTitleFor(instance: OutgoingInstance, options: DimseDestinationOptions): string {
  const source = instance.callingAeTitle.trim();
  return options.passOnSourceAeTitle === true && AE_TITLE.test(source) ? source : options.callingAeTitle;
}

/** Printable ASCII without the backslash, 16 characters at most (PS3.5 6.2). */
const AE_TITLE = /^[ -[\]-~]{1,16}$/;

function sameContext(a: StorageContext, b: StorageContext): boolean {
  return a.sopClassUid === b.sopClassUid && a.transferSyntaxUid === b.transferSyntaxUid;
}

interface PartDelivery {
  readonly pool: AssociationPool;
  readonly part: Part;
  readonly options: DimseDestinationOptions;
}

type Report = (index: number, outcome: DeliveryOutcome) => void;

async function deliverPart({ pool, part, options }: PartDelivery, outcome: Report): Promise<void> {
  let next = 0;
  while (next < part.entries.length) {
    const loan = await pool.borrow(part.callingAeTitle, part.contexts);
    const from = next;
    try {
      while (next < part.entries.length) {
        const { index, instance } = part.entries[next]!;
        outcome(index, await deliverInstance(loan, instance, options));
        next += 1;
      }
    } catch (error) {
      // An archive may close an association that stood idle: the first instance is then sent on a new one.
      if (!loan.used || next > from) {
        throw error;
      }
      options.log.info('association-was-stale', { destination: options.name, reason: messageOf(error) });
    } finally {
      loan.giveBack();
    }
  }
}

/** @throws NodeError destination-failed when the association broke */
async function deliverInstance(
  { association }: Loan,
  instance: OutgoingInstance,
  { name, log }: DimseDestinationOptions,
): Promise<DeliveryOutcome> {
  const contextId = association.acceptedContextId(instance);
  if (contextId === undefined) {
    const { sopClassUid, transferSyntaxUid } = instance;
    const what = `${uidInWords(sopClassUid)} in ${uidInWords(transferSyntaxUid)}`;
    return { stored: false, cause: 'not-supported', reason: `${name} does not accept ${what}` };
  }
  let dataSet: OutgoingDataSet | undefined;
  try {
    dataSet = await OutgoingDataSet.open(instance);
    return outcomeOf(await association.store(instance, dataSet, contextId), name);
  } catch (error) {
    if (error instanceof NodeError) {
      throw error;
    }
    log.error('stored-file-unreadable', { destination: name, file: instance.file, reason: messageOf(error) });
    return { stored: false, cause: 'file-unreadable', reason: unreadableFile(error) };
  } finally {
    await dataSet?.close();
  }
}

function outcomeOf(status: number, name: string): DeliveryOutcome {
  if (status === 0) {
    return { stored: true };
  }
  const words = storeStatusInWords(status);
  return isStoreWarning(status)
    ? { stored: true, warning: `${name} remarked: ${words}` }
    : { stored: false, cause: causeOfStoreStatus(status), reason: `${name} refused: ${words}` };
}
