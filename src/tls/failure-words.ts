const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, 'its certificate is self-signed and not trusted here'],
  [/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY|GET)_.*)$/, 'its certificate is not trusted here'],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired'],
  [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet'],
  [/^(INVALID_PURPOSE|CERT_.*|ERR_SSL_(EE|CA)_KEY_TOO_SMALL)$/, 'its certificate is not good for this'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another host name'],
  [/ALERT_(CERTIFICATE_REQUIRED|NO_CERTIFICATE)/, 'it asks for a certificate of this node'],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE)/,
    'it does not take the certificate of this node',
  ],
  [
    /ALERT_|UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER|NO_CIPHERS/,
    'it and this node have no version or cipher of TLS in common',
  ],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$|^EPROTO$/, 'it does not speak TLS there'],
];

/** What the code of an error says of TLS at another side, in plain words; undefined where it was something else. */
export function tlsFailureInWords(code: string): string | undefined {
  return WORDS.find(([pattern]) => pattern.test(code))?.[1];
}
