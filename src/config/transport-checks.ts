import type { Config, WrittenConfig } from './config-schema.ts';
import type { Fault } from './faults.ts';
import { isLoopback } from './http-checks.ts';

type Dimse = WrittenConfig['dimse'];
type Destination = WrittenConfig['destinations'][number];

/** Whether whoever reaches the port of DICOM can store. */
export function isOpenToAll({ allowedCallers, tls }: Dimse): boolean {
  const onlyWithCertificate = tls !== undefined && tls.port === undefined && tls.clientCertificate === 'required';
  return allowedCallers.includes('*') && !onlyWithCertificate;
}

/** What of encryption no key can know by itself. */
export function transportFaults(dimse: Dimse | undefined, destinations: readonly Destination[]): readonly Fault[] {
  return [
    ...(dimse === undefined ? [] : dimseFaults(dimse)),
    ...(dimse?.peers ?? []).flatMap(({ tls }, index) => keyPairFaults(tls, ['dimse', 'peers', index, 'tls'])),
    ...destinations.flatMap(destinationTlsFaults),
  ];
}

function dimseFaults({ port, tls, allowedCallers }: Dimse): readonly Fault[] {
  const faults: Fault[] = [];
  const asksForCertificates = tls !== undefined && tls.clientCertificate !== 'none';
  if (asksForCertificates && tls.caFile === undefined) {
    // Those whom the system believes have given certificates to the whole world.
    const problem = 'must be given: whose certificates callers must have; or set clientCertificate: none';
    faults.push({ path: ['dimse', 'tls', 'caFile'], problem, showValue: false });
  }
  if (tls?.port !== undefined && tls.port !== 0 && tls.port === port) {
    faults.push({ path: ['dimse', 'tls', 'port'], problem: 'must not be dimse.port: leave it out', showValue: true });
  }
  allowedCallers.forEach((rule, index) => {
    if (typeof rule === 'string' || rule.certificateSubject === undefined || asksForCertificates) return;
    const problem = 'never holds without dimse.tls and its clientCertificate';
    faults.push({ path: ['dimse', 'allowedCallers', index, 'certificateSubject'], problem, showValue: false });
  });
  return faults;
}

function destinationTlsFaults(destination: Destination, index: number): readonly Fault[] {
  const { tls } = destination;
  if (tls === undefined) return [];
  const path = ['destinations', index, 'tls'];
  const faults = keyPairFaults(tls, path);
  if (destination.type === 'stow' && !destination.url.startsWith('https:')) {
    faults.push({ path, problem: 'is of no use with an url that is not https', showValue: false });
  }
  return faults;
}

function keyPairFaults(tls: Destination['tls'], path: Fault['path']): Fault[] {
  if ((tls?.keyFile === undefined) === (tls?.certFile === undefined)) return [];
  return [{ path, problem: 'must have both keyFile and certFile, or neither', showValue: false }];
}

/** What goes over the network unencrypted, a line each. This is allowed, but nobody should have to find it out. */
export function clearTextWays({ dimse, http, destinations, audit }: Config): readonly string[] {
  const ways: string[] = [];
  if (!isLoopback(dimse.host) && (dimse.tls === undefined || dimse.tls.port !== undefined)) {
    ways.push(`dimse: what is stored at ${dimse.host}:${dimse.port}`);
  }
  if (!isLoopback(http.host) && http.tls === undefined) {
    ways.push(`http: passwords, tokens and pictures at ${http.host}:${http.port}`);
  }
  const { syslog } = audit;
  if (syslog !== undefined && syslog.transport !== 'tls' && !isLoopback(syslog.host)) {
    ways.push(`audit.syslog: audit messages to ${syslog.host}`);
  }
  for (const { aeTitle, host, tls } of dimse.peers) {
    if (tls === undefined && !isLoopback(host)) ways.push(`dimse.peers: what ${aeTitle} is told at ${host}`);
  }
  for (const destination of destinations) {
    const { name } = destination;
    if (destination.type === 'dimse') {
      const { host, tls } = destination;
      if (tls === undefined && !isLoopback(host)) ways.push(`destination ${name}: what is sent to ${host}`);
    } else {
      const { protocol, hostname } = new URL(destination.url);
      if (protocol === 'http:' && !isLoopback(hostname)) ways.push(`destination ${name}: what is sent to ${hostname}`);
    }
  }
  return ways;
}
