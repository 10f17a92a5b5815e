import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { messageOf } from '../core/errors.ts';
import { TLS_PROFILE } from './tls-profile.ts';

/** PEM files, as a configuration names them. */
export interface TlsFiles {
  readonly keyFile?: string;
  /** The certificate, then those that lead to its root. */
  readonly certFile?: string;
  /** Whom to believe; without it those whom the system believes. */
  readonly caFile?: string;
  /** Holds the passphrase of the key. */
  readonly passphraseFile?: string;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** What the files hold. */
export interface TlsTexts {
  readonly key?: string;
  readonly cert?: string;
  readonly ca?: string;
  readonly passphrase?: string;
}

/** What a connection is made with. */
export interface TlsMaterial {
  readonly options: SecureContextOptions;
  /** When the first of the certificates that are shown ends. */
  readonly expires: Date | undefined;
}

/** @throws Error in plain words where a file cannot be read */
export async function readTlsFiles(files: TlsFiles): Promise<TlsTexts> {
  const [key, cert, ca, passphrase] = await Promise.all([
    textOf('keyFile', files.keyFile),
    textOf('certFile', files.certFile),
    textOf('caFile', files.caFile),
    textOf('passphraseFile', files.passphraseFile),
  ]);
  return {
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
    ...(ca === undefined ? {} : { ca }),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.trim() }),
  };
}

async function textOf(name: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error(`${name} cannot be read: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}

/** @throws Error in plain words, without a word of the files, where they do not make a whole */
export function tlsMaterial(texts: TlsTexts, minVersion: TlsFiles['minVersion'] = 'TLSv1.2'): TlsMaterial {
  const shown = certificatesIn('certFile', texts.cert);
  certificatesIn('caFile', texts.ca);
  const [own] = shown;
  if (own !== undefined && !own.checkPrivateKey(privateKey(texts))) {
    throw new Error('the key of keyFile does not belong to the first certificate of certFile');
  }
  const options = { ...TLS_PROFILE, ...texts, minVersion };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Error(`the certificate and its key cannot be used: ${messageOf(cause)}`, { cause });
  }
  const ends = shown.map(({ validTo }) => Date.parse(validTo));
  return { options, expires: ends.length === 0 ? undefined : new Date(Math.min(...ends)) };
}

function certificatesIn(name: string, text: string | undefined): readonly X509Certificate[] {
  if (text === undefined) return [];
  const blocks = text.match(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs) ?? [];
  if (blocks.length === 0) throw new Error(`${name} holds no certificate (PEM)`);
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw new Error(`${name} holds a certificate that cannot be read`, { cause });
    }
  });
}

function privateKey({ key = '', passphrase }: TlsTexts): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(passphrase === undefined ? key : { key, passphrase });
  } catch (cause) {
    const words = passphrase === undefined ? 'or needs a passphrase (passphraseFile)' : 'with this passphrase';
    throw new Error(`keyFile holds no private key (PEM) that can be read, ${words}`, { cause });
  }
}
