import { BlockList, isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Who may call: an AE title, "*" for everybody, or what must hold all together. */
export type CallerRule =
  | string
  | {
      readonly aeTitle?: string;
      /** Addresses, or ranges such as 10.0.0.0/8; one of them must be the caller's. */
      readonly addresses?: readonly string[];
      /** Attributes of the certificate's subject, such as CN, and what they must be. */
      readonly certificateSubject?: Readonly<Record<string, string>>;
    };

/** Who calls. */
export interface Caller {
  readonly aeTitle: string;
  readonly address: string | undefined;
  /** The subject of a certificate that was verified. */
  readonly certificateSubject: Subject | undefined;
}

type Subject = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What of the rules that came nearest did not hold. */
export type CallerFault = 'calling-ae-title' | 'address' | 'certificate';

/** Undefined where one rule holds as a whole. */
export function callerFault(caller: Caller, rules: readonly CallerRule[]): CallerFault | undefined {
  const faults = rules.map((rule) => faultOf(caller, typeof rule === 'string' ? { aeTitle: rule } : rule));
  if (faults.includes(undefined)) return undefined;
  return (['certificate', 'address'] as const).find((fault) => faults.includes(fault)) ?? 'calling-ae-title';
}

function faultOf(caller: Caller, rule: Exclude<CallerRule, string>): CallerFault | undefined {
  const { aeTitle = '*', addresses, certificateSubject } = rule;
  if (aeTitle !== '*' && aeTitle.trim() !== caller.aeTitle.trim()) return 'calling-ae-title';
  if (addresses !== undefined && !isAmong(caller.address, addresses)) return 'address';
  if (certificateSubject !== undefined && !isSubject(caller.certificateSubject, certificateSubject)) {
    return 'certificate';
  }
  return undefined;
}

function isAmong(address: string | undefined, ranges: readonly string[]): boolean {
  // An address of IPv4 that came to a socket of IPv6.
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

function isSubject(subject: Subject | undefined, wanted: Readonly<Record<string, string>>): boolean {
  if (subject === undefined) return false;
  return Object.entries(wanted).every(([attribute, value]) => {
    const found = Object.hasOwn(subject, attribute) ? subject[attribute] : undefined;
    return typeof found === 'string' ? found === value : (found ?? []).includes(value);
  });
}

/** The subject of the certificate by which the other side was verified. */
export function verifiedSubject(socket: Socket): Subject | undefined {
  return socket instanceof TLSSocket && socket.authorized
    ? (socket.getPeerCertificate().subject as unknown as Subject)
    : undefined;
}
