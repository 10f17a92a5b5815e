/** One entry of the node's own audit trail. It holds no patient data, so no message does. */
export interface AuditedEvent {
  readonly seq: number;
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: string;
  /** A user's name, an AE title, or `node`. */
  readonly actor: string;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Who reports, and the archives it knows. */
export interface AuditReporter {
  readonly sourceId: string;
  readonly enterpriseSite?: string | undefined;
  readonly aeTitle: string;
  /** Name of the machine. */
  readonly host: string;
  /** By the names of the configuration. */
  readonly destinations: ReadonlyMap<string, AuditedDestination>;
}

/** Where a destination is. */
export interface AuditedDestination {
  readonly aeTitle?: string | undefined;
  /** Host name or address; for STOW-RS the base address. */
  readonly address: string;
}

/** A text of the subject or the detail. */
export function textAt(values: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = values[key];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A count of the subject or the detail. */
export function countAt(values: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = values[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** How many instances each destination was to get, where the entry says so. */
export function queuedAt({ detail }: AuditedEvent): readonly (readonly [string, number])[] {
  const { queued, destinations } = detail;
  const counts = Array.isArray(destinations)
    ? destinations.filter(isRecord).map(({ destination, instances }) => [destination, instances] as const)
    : Object.entries(isRecord(queued) ? queued : {});
  return counts.filter(
    (one): one is [string, number] => typeof one[0] === 'string' && typeof one[1] === 'number' && one[1] > 0,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
