import { stat } from 'node:fs/promises';
import type { EventLog } from '../app/ports.ts';
import type { Config } from '../config/config-schema.ts';
import { secretFiles } from '../config/secret-files.ts';
import { clearTextWays } from '../config/transport-checks.ts';
import type { ClientTls } from '../tls/client-tls.ts';
import { TlsCredentials } from '../tls/tls-credentials.ts';

/** A renewed certificate is in use so soon, with no signal and no restart. */
const FILES_LOOKED_AT_EVERY_MS = 10_000;
/** Whoever is not the owner and not of the group of a file. */
const OTHERS = 0o007;
const SYSLOG_KEY = 'audit.syslog.tls';

/** Certificates and keys of everything that the configuration lets speak TLS. */
export class NodeTls {
  readonly all: readonly TlsCredentials[];
  readonly #timer: NodeJS.Timeout;

  private constructor(all: readonly TlsCredentials[]) {
    this.all = all;
    this.#timer = setInterval(() => void this.reload(), FILES_LOOKED_AT_EVERY_MS);
  }

  /** @throws NodeError configuration-invalid where files cannot be used */
  static async open({ dimse, http, destinations, audit }: Config, log: EventLog): Promise<NodeTls> {
    const ways = [
      { name: 'dimse.tls', files: dimse.tls },
      { name: 'http.tls', files: http.tls },
      { name: SYSLOG_KEY, files: audit.syslog?.transport === 'tls' ? (audit.syslog.tls ?? {}) : undefined },
      ...destinations.map(({ name, tls }) => ({ name: destinationKey(name), files: tls })),
      ...dimse.peers.map(({ aeTitle, tls }) => ({ name: peerKey(aeTitle), files: tls })),
    ];
    const opened = ways.map(({ name, files }) => files && TlsCredentials.open(name, files, { log, now: Date.now }));
    return new NodeTls((await Promise.all(opened)).filter((one) => one !== undefined));
  }

  get dimse(): TlsCredentials | undefined {
    return this.#named('dimse.tls');
  }

  get http(): TlsCredentials | undefined {
    return this.#named('http.tls');
  }

  /** Undefined for a destination without TLS of its own. */
  towards({ name, tls }: Config['destinations'][number]): ClientTls | undefined {
    const credentials = this.#named(destinationKey(name));
    return credentials && { credentials, servername: tls?.servername };
  }

  /** Undefined for a scanner that is spoken to in clear text. */
  towardsPeer({ aeTitle, tls }: Config['dimse']['peers'][number]): ClientTls | undefined {
    const credentials = this.#named(peerKey(aeTitle));
    return credentials && { credentials, servername: tls?.servername };
  }

  /** For a syslog server that is reached over TLS. */
  towardsSyslog({ tls }: NonNullable<Config['audit']['syslog']>): ClientTls {
    return { credentials: this.#named(SYSLOG_KEY)!, servername: tls?.servername };
  }

  /** Looks at all files again; what cannot be used changes nothing. */
  async reload(): Promise<void> {
    await Promise.all(this.all.map((one) => one.check()));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  #named(wanted: string): TlsCredentials | undefined {
    return this.all.find(({ name }) => name === wanted);
  }
}

function destinationKey(name: string): string {
  return `destination ${name} tls`;
}

function peerKey(aeTitle: string): string {
  return `peer ${aeTitle} tls`;
}

/** What is allowed, and still should not be found out by chance. */
export async function tellWhatIsOpen(config: Config, log: EventLog): Promise<void> {
  for (const what of clearTextWays(config)) log.warn('clear-text', { what });
  for (const { key, file } of secretFiles(config)) {
    const mode = (await stat(file)).mode & 0o777;
    if ((mode & OTHERS) !== 0) log.warn('secret-file-open-to-others', { key, file, mode: mode.toString(8) });
  }
}
