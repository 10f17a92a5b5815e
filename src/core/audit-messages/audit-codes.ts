import type { Code } from './audit-message.ts';

function dcm(code: string, meaning: string): Code {
  return { code, scheme: 'DCM', meaning };
}

/** Codes of the node's own; a private scheme begins with 99 (PS3.3 8.2). */
export function ownCode(code: string): Code {
  const words = code.replaceAll('-', ' ');
  return { code, scheme: '99CMRNODE', meaning: words.charAt(0).toUpperCase() + words.slice(1) };
}

/** Audit Event ID (PS3.16 CID 400). */
export const EVENT_ID = {
  applicationActivity: dcm('110100', 'Application Activity'),
  auditLogUsed: dcm('110101', 'Audit Log Used'),
  beginTransferring: dcm('110102', 'Begin Transferring DICOM Instances'),
  instancesAccessed: dcm('110103', 'DICOM Instances Accessed'),
  instancesTransferred: dcm('110104', 'DICOM Instances Transferred'),
  export: dcm('110106', 'Export'),
  query: dcm('110112', 'Query'),
  userAuthentication: dcm('110114', 'User Authentication'),
} as const;

/** Audit Event Type Code (PS3.16 CID 401). */
export const EVENT_TYPE = {
  applicationStart: dcm('110120', 'Application Start'),
  applicationStop: dcm('110121', 'Application Stop'),
  login: dcm('110122', 'Login'),
  logout: dcm('110123', 'Logout'),
} as const;

/** Audit Active Participant Role ID Code (PS3.16 CID 402). */
export const ROLE = {
  application: dcm('110150', 'Application'),
  destination: dcm('110152', 'Destination Role ID'),
  source: dcm('110153', 'Source Role ID'),
} as const;

/** Audit Participant Object ID Type Code (PS3.16 CID 404, PS3.15 A.5.1.2.4), and what has no code there. */
export const ID_TYPE = {
  studyInstanceUid: dcm('110180', 'Study Instance UID'),
  sopClassUid: dcm('110181', 'SOP Class UID'),
  seriesInstanceUid: dcm('112002', 'Series Instance UID'),
  uri: { code: '12', scheme: 'RFC-3881', meaning: 'URI' },
  sopInstanceUid: ownCode('sop-instance-uid'),
  batch: ownCode('batch'),
  auditEntry: ownCode('audit-entry'),
} as const satisfies Record<string, Code>;

/** Study Root Query/Retrieve Information Model - FIND: QIDO-RS searches as it does (PS3.18 10.6). */
export const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
