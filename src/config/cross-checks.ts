import { auditFaults } from './audit-checks.ts';
import { commitmentFaults } from './commitment-checks.ts';
import type { WrittenConfig } from './config-schema.ts';
import type { Fault } from './faults.ts';
import { httpFaults, isLoopback } from './http-checks.ts';
import { isOpenToAll, transportFaults } from './transport-checks.ts';

/** The destination that exists where a site names none as its default. */
export const EMBEDDED_ARCHIVE_NAME = 'embedded-archive';

/** The sections that are right as far as they go. */
export type Sections = Partial<WrittenConfig>;

/** What no section can know by itself. A section with faults of its own is left out of these checks. */
export function crossFaults(sections: Sections): readonly Fault[] {
  return [
    ...openAccessFaults(sections),
    ...httpFaults(sections.http),
    ...transportFaults(sections.dimse, sections.destinations ?? []),
    ...destinationFaults(sections),
    ...routingFaults(sections),
    ...commitmentFaults(sections.dimse, sections.destinations),
    ...uidFaults(sections),
    ...orderFaults(sections),
    ...retentionFaults(sections),
    ...inferenceFaults(sections),
    ...auditFaults(sections.audit),
  ];
}

/** Whoever reaches an open port may store, or see what was stored: a site must want that. */
function openAccessFaults({ dimse, http, allowOpenAccess }: Sections): readonly Fault[] {
  if (allowOpenAccess !== false) return [];
  const faults: Fault[] = [];
  if (dimse !== undefined && !isLoopback(dimse.host) && isOpenToAll(dimse)) {
    const problem =
      'lets everybody in who reaches dimse.host: name the calling AE titles, or set allowOpenAccess: true';
    faults.push({ path: ['dimse', 'allowedCallers'], problem, showValue: false });
  }
  if (http !== undefined && !isLoopback(http.host) && http.auth === undefined) {
    const problem = 'is not this machine alone and nobody has to sign in: set http.auth, or allowOpenAccess: true';
    faults.push({ path: ['http', 'host'], problem, showValue: true });
  }
  return faults;
}

function repeatedNames(section: string, items: readonly { readonly name: string }[]): readonly Fault[] {
  return items.flatMap(({ name }, index) =>
    items.findIndex((other) => other.name === name) < index
      ? [{ path: [section, index, 'name'], problem: 'is used twice', showValue: true }]
      : [],
  );
}

function destinationFaults({ destinations = [] }: Sections): readonly Fault[] {
  const reserved = destinations.flatMap(({ name }, index) =>
    name === EMBEDDED_ARCHIVE_NAME
      ? [{ path: ['destinations', index, 'name'], problem: 'is the name of the embedded archive', showValue: true }]
      : [],
  );
  return [...repeatedNames('destinations', destinations), ...reserved, ...alternateFaults(destinations)];
}

function alternateFaults(destinations: NonNullable<Sections['destinations']>): readonly Fault[] {
  return destinations.flatMap(({ name, alternate }, index) => {
    const others = destinations.map((other) => other.name).filter((other) => other !== name);
    if (alternate === undefined || others.includes(alternate)) return [];
    const problem = `is not the name of another destination (there is ${others.join(', ') || 'none'})`;
    return [{ path: ['destinations', index, 'alternate'], problem, showValue: true }];
  });
}

function routingFaults({ routing = [], destinations }: Sections): readonly Fault[] {
  const faults = [...repeatedNames('routing', routing)];
  if (destinations === undefined) return faults;
  const known = destinations.map(({ name }) => name);
  const names = destinations.some((destination) => destination.default) ? known : [...known, EMBEDDED_ARCHIVE_NAME];
  routing.forEach((rule, index) => {
    rule.destinations?.forEach((name, place) => {
      if (names.includes(name)) return;
      const problem = `is not the name of a destination (there is ${names.join(', ')})`;
      faults.push({ path: ['routing', index, 'destinations', place], problem, showValue: true });
    });
  });
  return faults;
}

/** A turned series and its original would be two things with one UID (PS3.5 9). */
function uidFaults({ uidPolicy, archiveOriginals, routing = [] }: Sections): readonly Fault[] {
  const problem = 'must be derive where archiveOriginals is true: otherwise two pictures have the same UID';
  const faults: Fault[] = [];
  if (uidPolicy === 'preserve' && archiveOriginals === true) {
    faults.push({ path: ['uidPolicy'], problem, showValue: true });
  }
  routing.forEach((rule, index) => {
    const says = rule.uidPolicy !== undefined || rule.archiveOriginals !== undefined;
    const policy = rule.uidPolicy ?? uidPolicy;
    if (says && policy === 'preserve' && (rule.archiveOriginals ?? archiveOriginals) === true) {
      faults.push({ path: ['routing', index], problem: `uidPolicy ${problem}`, showValue: false });
    }
  });
  return faults;
}

function orderFaults({ decision, series, delivery }: Sections): readonly Fault[] {
  const faults: Fault[] = [];
  const atMost = (path: readonly string[], [value, limit]: readonly [number, number], limitName: string): void => {
    if (value > limit) faults.push({ path, problem: `must be at most ${limitName}, ${limit}`, showValue: true });
  };
  if (series !== undefined) {
    atMost(['series', 'quietSeconds'], [series.quietSeconds, series.maxWaitSeconds], 'series.maxWaitSeconds');
  }
  if (delivery !== undefined) {
    atMost(['delivery', 'retrySeconds'], [delivery.retrySeconds, delivery.maxRetrySeconds], 'delivery.maxRetrySeconds');
  }
  if (decision !== undefined) {
    const { leaveAloneDegrees, harmDegrees, reject, fusedSure } = decision;
    atMost(['decision', 'leaveAloneDegrees'], [leaveAloneDegrees, harmDegrees], 'decision.harmDegrees');
    atMost(['decision', 'reject'], [reject, fusedSure], 'decision.fusedSure');
  }
  return faults;
}

/** What was derived can be derived again only as long as its source is there. */
function retentionFaults({ retention }: Sections): readonly Fault[] {
  if (retention === undefined || retention.originalsOfTurnedDays === 'never') return [];
  const { days, originalsOfTurnedDays } = retention;
  if (days !== 'never' && days <= originalsOfTurnedDays) return [];
  const problem = `must be never or at least retention.days, ${days}`;
  return [{ path: ['retention', 'originalsOfTurnedDays'], problem, showValue: true }];
}

function inferenceFaults({ inference }: Sections): readonly Fault[] {
  if (inference === undefined) return [];
  const path = ['inference', 'executionProviders'];
  const { executionProviders, requireGpu } = inference;
  const faults: Fault[] = [];
  if (new Set<string>(executionProviders).size < executionProviders.length) {
    faults.push({ path, problem: 'names a provider twice', showValue: false });
  }
  if (requireGpu && executionProviders.every((provider) => provider === 'cpu')) {
    faults.push({ path, problem: 'must name cuda or webgpu where inference.requireGpu is true', showValue: false });
  }
  return faults;
}
