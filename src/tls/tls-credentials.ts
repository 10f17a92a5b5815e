import type { SecureContextOptions } from 'node:tls';
import type { EventLog } from '../app/ports.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import { readTlsFiles, type TlsFiles, type TlsMaterial, type TlsTexts, tlsMaterial } from './tls-files.ts';

const DAY_MS = 86_400_000;
/** Time enough for a person to renew it. */
const TOLD_BEFORE_DAYS = 14;

interface Surroundings {
  readonly log: EventLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Certificate, key and trusted authorities of one connection of the node, as their files hold them now. Files that
 * cannot be used change nothing: what was read before stays in use, and `problem` says so.
 */
export class TlsCredentials {
  /** The key of the configuration, or the destination. */
  readonly name: string;
  readonly #files: TlsFiles;
  readonly #surroundings: Surroundings;
  readonly #listeners: (() => void)[] = [];
  #material: TlsMaterial;
  #seen: string;
  #refused: string | undefined;
  #checked: Promise<void> = Promise.resolve();

  private constructor(name: string, files: TlsFiles, texts: TlsTexts, surroundings: Surroundings) {
    this.name = name;
    this.#files = files;
    this.#surroundings = surroundings;
    this.#material = tlsMaterial(texts, files.minVersion);
    this.#seen = JSON.stringify(texts);
  }

  /** @throws NodeError configuration-invalid where the files cannot be used */
  static async open(name: string, files: TlsFiles, surroundings: Surroundings): Promise<TlsCredentials> {
    try {
      const opened = new TlsCredentials(name, files, await readTlsFiles(files), surroundings);
      if (opened.problem !== undefined) surroundings.log.error('certificate-problem', { name, reason: opened.problem });
      return opened;
    } catch (cause) {
      throw new NodeError('configuration-invalid', `${name}: ${messageOf(cause)}`, { cause });
    }
  }

  /** For a connection that is made now. */
  get options(): SecureContextOptions {
    return this.#material.options;
  }

  get expires(): Date | undefined {
    return this.#material.expires;
  }

  /** Plain words where a person must do something. */
  get problem(): string | undefined {
    return this.#refused ?? endOf(this.#material, this.#surroundings.now());
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Looks at the files again, and takes what is new in them. Never fails. */
  check(): Promise<void> {
    this.#checked = this.#checked.then(() => this.#look());
    return this.#checked;
  }

  async #look(): Promise<void> {
    const { log, now } = this.#surroundings;
    const texts = await readTlsFiles(this.#files).catch((error: unknown) => messageOf(error));
    const seen = JSON.stringify(texts);
    if (seen === this.#seen) return;
    this.#seen = seen;
    try {
      if (typeof texts === 'string') throw new Error(texts);
      const material = tlsMaterial(texts, this.#files.minVersion);
      if (material.expires !== undefined && material.expires.getTime() <= now()) {
        throw new Error(`the certificate expired on ${day(material.expires)}`);
      }
      this.#material = material;
      this.#refused = undefined;
      for (const listener of this.#listeners) listener();
      log.info('certificate-reloaded', { name: this.name, expires: material.expires?.toISOString() });
    } catch (error) {
      this.#refused = `what was read before stays in use, for the new files cannot be used: ${messageOf(error)}`;
      log.error('certificate-not-reloaded', { name: this.name, reason: messageOf(error) });
    }
  }
}

function endOf({ expires }: TlsMaterial, now: number): string | undefined {
  if (expires === undefined) return undefined;
  const days = (expires.getTime() - now) / DAY_MS;
  if (days <= 0) return `the certificate expired on ${day(expires)}`;
  return days < TOLD_BEFORE_DAYS ? `the certificate expires on ${day(expires)}` : undefined;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
