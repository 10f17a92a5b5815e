import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

/** TLS 1.3 as RFC 8446 9.1, TLS 1.2 as RFC 9325 4.2: forward secrecy and authenticated encryption, nothing else. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  // 112 bits: RSA from 2048, elliptic curves from 224, no signature with SHA-1.
  '@SECLEVEL=2',
];

/**
 * What every connection keeps to, in and out: the BCP 195 RFC 8996, 9325 TLS Secure Transport Connection Profile
 * (PS3.15 B.12). A session is never resumed: each connection is judged by the certificates of now.
 */
export const TLS_PROFILE = {
  ciphers: CIPHERS.join(':'),
  honorCipherOrder: true,
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
} as const satisfies SecureContextOptions;
