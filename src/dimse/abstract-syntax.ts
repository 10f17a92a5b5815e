export const VERIFICATION_SOP_CLASS = '1.2.840.10008.1.1';
/** PS3.4 annex J. */
export const STORAGE_COMMITMENT_SOP_CLASS = '1.2.840.10008.1.20.1';
export const STORAGE_COMMITMENT_SOP_INSTANCE = '1.2.840.10008.1.20.1.1';

/** Storage classes of the standard outside 1.2.840.10008.5.1.4.1.1 (PS3.6 table A-1, retired ones included). */
const STORAGE_ELSEWHERE: ReadonlySet<string> = new Set([
  '1.2.840.10008.5.1.1.27', // Stored Print Storage
  '1.2.840.10008.5.1.1.29', // Hardcopy Grayscale Image Storage
  '1.2.840.10008.5.1.1.30', // Hardcopy Color Image Storage
  '1.2.840.10008.5.1.4.34.1', // RT Beams Delivery Instruction Storage (Trial)
  '1.2.840.10008.5.1.4.34.7', // RT Beams Delivery Instruction Storage
  '1.2.840.10008.5.1.4.34.10', // RT Brachy Application Setup Delivery Instruction Storage
  '1.2.840.10008.5.1.4.38.1', // Hanging Protocol Storage
  '1.2.840.10008.5.1.4.39.1', // Color Palette Storage
  '1.2.840.10008.5.1.4.43.1', // Generic Implant Template Storage
  '1.2.840.10008.5.1.4.44.1', // Implant Assembly Template Storage
  '1.2.840.10008.5.1.4.45.1', // Implant Template Group Storage
]);

/** What the standard defines that is not storage: a UID that is one of these or lies below it. */
const OTHER_SERVICES: readonly string[] = [
  '1.2.840.10008.1', // verification, storage commitment, event logging, directories
  '1.2.840.10008.3', // detached management, MPPS
  '1.2.840.10008.4', // service classes
  '1.2.840.10008.5.1.1', // print, media creation
  '1.2.840.10008.5.1.4.1.2', // query/retrieve
  '1.2.840.10008.5.1.4.1.1.200.4', // protocol approval: find, move, get
  '1.2.840.10008.5.1.4.1.1.200.5',
  '1.2.840.10008.5.1.4.1.1.200.6',
  '1.2.840.10008.5.1.4.1.1.201.2', // inventories: find, move, get, creation
  '1.2.840.10008.5.1.4.1.1.201.3',
  '1.2.840.10008.5.1.4.1.1.201.4',
  '1.2.840.10008.5.1.4.1.1.201.5',
  '1.2.840.10008.5.1.4.1.1.201.6',
  '1.2.840.10008.5.1.4.1.4', // composite instance retrieval
  '1.2.840.10008.5.1.4.20', // procedure protocols
  '1.2.840.10008.5.1.4.31', // worklists
  '1.2.840.10008.5.1.4.32',
  '1.2.840.10008.5.1.4.33', // instance availability notification
  '1.2.840.10008.5.1.4.34', // unified worklist and procedure step
  '1.2.840.10008.5.1.4.37', // relevant patient information
  '1.2.840.10008.5.1.4.38', // hanging protocols, color palettes: find, move, get
  '1.2.840.10008.5.1.4.39',
  '1.2.840.10008.5.1.4.41', // product and substance queries
  '1.2.840.10008.5.1.4.42',
  '1.2.840.10008.5.1.4.43', // implant templates: find, move, get
  '1.2.840.10008.5.1.4.44',
  '1.2.840.10008.5.1.4.45',
  '1.2.840.10008.10', // real-time communication
];

/** Whether instances may come on this abstract syntax: every storage class, standard, private or yet unknown. */
export function isStorageSopClass(abstractSyntaxUid: string): boolean {
  if (STORAGE_ELSEWHERE.has(abstractSyntaxUid)) {
    return true;
  }
  return !OTHER_SERVICES.some((uid) => abstractSyntaxUid === uid || abstractSyntaxUid.startsWith(`${uid}.`));
}
