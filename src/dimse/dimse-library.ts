import { createRequire } from 'node:module';
import dimse from 'dcmjs-dimse';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '../part10/implementation.ts';

/**
 * Greatest P-DATA-TF variable field that this node takes and announces (PS3.8 D.1). Twice as much brings nothing,
 * the usual 16 KiB costs a third of the throughput.
 */
export const ANNOUNCED_MAX_PDU_LENGTH = 131_072;

interface Log {
  setLevel(level: 'silent', persist: false): void;
  rebuild(): void;
}

// Their logs print messages, private elements included, and are on unless told otherwise.
dimse.log.setLevel('silent', false);
const { log } = createRequire(import.meta.url)('dcmjs') as { readonly log: Log };
log.setLevel('silent', false);
log.rebuild();

dimse.Implementation.setImplementationClassUid(IMPLEMENTATION_CLASS_UID);
dimse.Implementation.setImplementationVersion(IMPLEMENTATION_VERSION_NAME);
dimse.Implementation.setMaxPduLength(ANNOUNCED_MAX_PDU_LENGTH);

export const { Dataset, Scp, association, requests, responses, constants } = dimse;
