/** One message of the DICOM audit schema (PS3.15 A.5.1), in its words. */
export interface AuditMessage {
  readonly eventId: Code;
  readonly eventTypes: readonly Code[];
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** Milliseconds since 1970. */
  readonly at: number;
  /** 0 success; 4 minor failure: tried again; 8 serious failure; 12 major failure. */
  readonly outcome: 0 | 4 | 8 | 12;
  /** At least one, and at most one of them the requestor. */
  readonly participants: readonly ActiveParticipant[];
  readonly source: AuditSource;
  readonly objects: readonly ParticipantObject[];
}

/** A coded entry: code, coding scheme, meaning. */
export interface Code {
  readonly code: string;
  readonly scheme: string;
  readonly meaning: string;
}

export interface ActiveParticipant {
  readonly userId: string;
  /** Of a DICOM application: `AETITLES=…` (PS3.15 A.5.2.2). */
  readonly alternativeUserId?: string | undefined;
  readonly isRequestor: boolean;
  readonly role?: Code | undefined;
  readonly accessPoint?: AccessPoint | undefined;
}

export interface AccessPoint {
  readonly id: string;
  readonly kind: 'machine-name' | 'ip-address' | 'uri';
}

export interface AuditSource {
  readonly id: string;
  readonly enterpriseSite?: string | undefined;
}

export interface ParticipantObject {
  readonly id: string;
  readonly idType: Code;
  /** ParticipantObjectTypeCodeRole: 3 report, 13 security resource, 20 job. All are system objects. */
  readonly role: 3 | 13 | 20;
  /** The schema asks for a name or a query. */
  readonly named: { readonly name: string } | { readonly query: string };
  readonly details: readonly Detail[];
  readonly instances?: InstancesOfObject | undefined;
}

export interface Detail {
  readonly type: string;
  readonly value: string;
}

export interface InstancesOfObject {
  readonly count: number;
  readonly sopInstanceUids: readonly string[];
}
