import type { SeededRandom } from '../../src/phantom/random.ts';
import { hostilePart10, PATIENT } from './hostile-data-sets.ts';
import { below, mutated, noise, pick } from './mutations.ts';

const LINE_END = '\r\n';
const BOUNDARY = 'b';
const STOW_TYPE = `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`;

/** A whole HTTP request as it goes over the line. `{token}` stands where the token belongs. */
export function hostileRequest(random: SeededRandom): Buffer {
  return pick(random, [storeRequest, jsonRequest, queryRequest, jsonRequest, queryRequest, brokenRequest])(random);
}

function request(head: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const all = { Host: '127.0.0.1', Authorization: 'Bearer {token}', Connection: 'close', ...headers };
  const lines = Object.entries({ 'Content-Length': String(body.length), ...all }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([Buffer.from([`${head} HTTP/1.1`, ...lines, '', ''].join(LINE_END), 'latin1'), body]);
}

/** STOW-RS with parts that are wrong, headers without end, parts without number, and no end. */
export function storeRequest(random: SeededRandom): Buffer {
  const parts = Buffer.concat(Array.from({ length: 1 + below(random, 4) }, () => part(random)));
  const ended = random.next() < 0.7 ? Buffer.concat([parts, Buffer.from(`--${BOUNDARY}--`)]) : parts;
  const body = random.next() < 0.2 ? mutated(ended, random) : ended;
  const path = pick(random, ['/dicomweb/studies', '/dicomweb/studies', '/dicomweb/studies/2.25.77']);
  const type = pick(random, [
    STOW_TYPE,
    STOW_TYPE,
    STOW_TYPE,
    STOW_TYPE.replace('=b', '='),
    'multipart/related',
    'a/b;',
  ]);
  return request(`POST ${path}`, { 'Content-Type': type }, body);
}

function part(random: SeededRandom): Buffer {
  const chance = random.next();
  if (chance < 0.1) return Buffer.from(`--${BOUNDARY}${LINE_END}${`X-${'a'.repeat(90)}: b${LINE_END}`.repeat(400)}`);
  if (chance < 0.15) return Buffer.from(`--${BOUNDARY}${LINE_END}${LINE_END}${LINE_END}`.repeat(300));
  if (chance < 0.2) return Buffer.from(`${LINE_END}--${BOUNDARY}x`.repeat(3_000));
  const type = pick(random, ['application/dicom', 'application/dicom', 'text/plain', '', PATIENT]);
  const head = `--${BOUNDARY}${LINE_END}Content-Type: ${type}${LINE_END}${LINE_END}`;
  return Buffer.concat([Buffer.from(head, 'latin1'), hostilePart10(random), Buffer.from(LINE_END)]);
}

const POSTS = [
  '/api/v1/series/acts',
  '/api/v1/series/acts/preview',
  '/api/v1/batches',
  '/api/v1/deliveries/retry',
  '/api/v1/session',
];
const NESTED = 20_000;
const JSON_VALUES = [
  '['.repeat(NESTED) + ']'.repeat(NESTED),
  `${'{"filter":'.repeat(NESTED)}1${'}'.repeat(NESTED)}`,
  `{"__proto__":{"role":"administrator"},"constructor":{"prototype":{}},"name":"${PATIENT}"}`,
  '{"seriesIds":[1e999,-0,"1",null,{}]}',
  `{"name":"${PATIENT}`,
  `{"action":{},"filter":{"text":"${'\\u0000'.repeat(100)}"},"orders":[]}`,
  `{"orders":[${'{"id":1},'.repeat(20_000)}{}]}`,
  `"${'x'.repeat(400_000)}"`,
  'null',
  '\ufeff{}',
  '{"a":NaN}',
];

export function jsonRequest(random: SeededRandom): Buffer {
  const body = Buffer.from(pick(random, JSON_VALUES));
  const type = pick(random, ['application/json', 'application/json', 'application/json; charset=utf-99', 'text/plain']);
  const more = random.next() < 0.1 ? { 'Content-Encoding': 'gzip' } : {};
  const sent = random.next() < 0.3 ? mutated(body, random) : body;
  return request(`POST ${pick(random, POSTS)}`, { 'Content-Type': type, ...more }, sent);
}

const PATHS = [
  '/api/v1/series',
  '/api/v1/audit',
  '/api/v1/deliveries',
  '/api/v1/overview',
  '/dicomweb/studies',
  '/dicomweb/instances',
];
const NAMES = [
  'text',
  'limit',
  'cursor',
  'from',
  'code',
  '__proto__',
  'PatientName',
  '00100010',
  'includefield',
  'order',
  'study',
  'offset',
];
const VALUES = [
  '%',
  '%00',
  '%E0%A4%A',
  '*'.repeat(400),
  `${'^'.repeat(6_000)}x`,
  '-1',
  '1e309',
  'a[b][c]=d',
  "' or 1=1--",
  encodeURIComponent(PATIENT),
  '%f0%9f%92%a9',
  '\\',
  '..%2f..%2f',
];

export function queryRequest(random: SeededRandom): Buffer {
  const query = Array.from({ length: below(random, 6) }, () => `${pick(random, NAMES)}=${pick(random, VALUES)}`).join(
    '&',
  );
  const deeper = pick(random, [
    '',
    '',
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/1',
    '/%00',
    '/99999999999999999999',
    '/%E0%A4%A',
  ]);
  return request(`GET ${pick(random, PATHS)}${deeper}?${query}`, {}, Buffer.alloc(0));
}

/** Not HTTP, or hardly. */
function brokenRequest(random: SeededRandom): Buffer {
  const right = pick(random, [jsonRequest, queryRequest])(random);
  return pick(random, [
    () => mutated(right, random),
    () => noise(random, 200),
    () => Buffer.from(`GET /${'a'.repeat(100_000)} HTTP/1.1${LINE_END}${LINE_END}`),
    () => Buffer.from(`GET / HTTP/1.1${LINE_END}${`a: b${LINE_END}`.repeat(50_000)}${LINE_END}`),
    () =>
      Buffer.from(
        `POST /api/v1/session HTTP/1.1${LINE_END}Transfer-Encoding: chunked${LINE_END}Content-Length: 5${LINE_END}${LINE_END}0`,
      ),
  ])();
}
