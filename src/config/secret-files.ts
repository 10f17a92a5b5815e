import type { Config, WrittenConfig } from './config-schema.ts';

/** Files that hold a secret alone, by the key of the configuration that names them. */
export interface SecretFile {
  readonly key: string;
  readonly file: string;
}

type Secrets = Pick<Partial<WrittenConfig | Config>, 'http' | 'destinations' | 'dimse' | 'audit'>;

/** Passwords and tokens that are written into files of their own. */
export function secretTextFiles({ http, destinations = [] }: Secrets): readonly (SecretFile & { isHeader: boolean })[] {
  const oidc = http?.auth?.oidc?.clientSecretFile;
  return [
    ...(oidc === undefined ? [] : [{ key: 'http.auth.oidc.clientSecretFile', file: oidc, isHeader: false }]),
    ...destinations.flatMap((destination, index) =>
      destination.type === 'stow'
        ? Object.entries(destination.headerFiles).map(([header, file]) => ({
            key: `destinations[${index}].headerFiles.${header}`,
            file,
            isHeader: true,
          }))
        : [],
    ),
  ];
}

/** Every file that nobody but the node may read. */
export function secretFiles(config: Secrets): readonly SecretFile[] {
  const { http, dimse, audit, destinations = [] } = config;
  const tls = [
    { key: 'dimse.tls', files: dimse?.tls },
    { key: 'http.tls', files: http?.tls },
    { key: 'audit.syslog.tls', files: audit?.syslog?.tls },
    ...destinations.map((destination, index) => ({ key: `destinations[${index}].tls`, files: destination.tls })),
    ...(dimse?.peers ?? []).map((peer, index) => ({ key: `dimse.peers[${index}].tls`, files: peer.tls })),
  ];
  return [
    ...secretTextFiles(config),
    ...tls.flatMap(({ key, files }) =>
      (['keyFile', 'passphraseFile'] as const).flatMap((name) => {
        const file = files?.[name];
        return file === undefined ? [] : [{ key: `${key}.${name}`, file }];
      }),
    ),
  ];
}

/** The secrets in the place of the files that hold them. */
export function withSecrets(written: WrittenConfig, read: (file: string) => string): WrittenConfig {
  return {
    ...written,
    http: withClientSecret(written.http, read),
    destinations: written.destinations.map((destination) => {
      if (destination.type !== 'stow') return destination;
      const fromFiles = Object.entries(destination.headerFiles).map(([header, file]) => [header, read(file)] as const);
      return { ...destination, headers: { ...destination.headers, ...Object.fromEntries(fromFiles) } };
    }),
  };
}

function withClientSecret(http: WrittenConfig['http'], read: (file: string) => string): WrittenConfig['http'] {
  const oidc = http.auth?.oidc;
  if (http.auth === undefined || oidc?.clientSecretFile === undefined) return http;
  return { ...http, auth: { ...http.auth, oidc: { ...oidc, clientSecret: read(oidc.clientSecretFile) } } };
}
