import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeError } from '../../src/core/errors.ts';
import { multipartParts } from '../../src/dicomweb/multipart-related.ts';

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (let turn = 0; offset < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? bytes.length);
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

async function read(bytes: Buffer, boundary: string, sizes: readonly number[] = [bytes.length]) {
  const parts: { headers: ReadonlyMap<string, string>; body: Buffer }[] = [];
  for await (const part of multipartParts(inChunks(bytes, sizes), boundary)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of part.body) {
      chunks.push(chunk);
    }
    parts.push({ headers: part.headers, body: Buffer.concat(chunks) });
  }
  return parts;
}

function encode(
  bodies: readonly Uint8Array[],
  boundary: string,
  style = { lineEnd: '\r\n', padding: '', preamble: '' },
) {
  const { lineEnd, padding, preamble } = style;
  const pieces = bodies.flatMap((body, index) => [
    Buffer.from(
      `${index === 0 ? '' : lineEnd}--${boundary}${padding}${lineEnd}Content-Type: application/dicom${lineEnd}${lineEnd}`,
    ),
    body,
  ]);
  return Buffer.concat([Buffer.from(preamble), ...pieces, Buffer.from(`${lineEnd}--${boundary}--${lineEnd}`)]);
}

/** Content made of what delimiters are made of, so that near misses are frequent. */
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.constantFrom('\r', '\n', '-', '--', 'b', 'bo', '\r\n--', '\r\n--b', '\n--bo', ' ', '\0'), {
      maxLength: 40,
    })
    .map((all) => Buffer.from(all.join(''))),
);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const BOUNDARY = 'boundary of "parts"';

describe('the parts of a multipart/related body', () => {
  test('come out byte for byte, however the body is cut into chunks', async () => {
    const style = fc.record({
      lineEnd: fc.constantFrom('\r\n', '\n'),
      padding: fc.constantFrom('', ' ', '\t '),
      preamble: fc.constantFrom('', '\r\n', 'a preamble\r\n', '--bound\r\n'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 5 }), sizes, style, async (bodies, cuts, how) => {
        const parts = await read(encode(bodies, BOUNDARY, how), BOUNDARY, cuts);
        expect(parts.map((part) => part.body.toString('hex'))).toEqual(
          bodies.map((one) => Buffer.from(one).toString('hex')),
        );
        expect(parts[0]!.headers.get('content-type')).toBe('application/dicom');
      }),
      { numRuns: 500 },
    );
  });

  test('are not ended by a line that only begins like the boundary', async () => {
    const content = Buffer.from('x\r\n--abcd\r\n--abc-\r\n--abc \t x');
    expect((await read(encode([content], 'abc'), 'abc'))[0]!.body.toString()).toBe(content.toString());
  });

  test('are skipped where the caller does not read them', async () => {
    const seen: number[] = [];
    for await (const _ of multipartParts(inChunks(encode([Buffer.alloc(999), Buffer.alloc(5)], 'b'), [7]), 'b')) {
      seen.push(1);
    }
    expect(seen).toHaveLength(2);
  });

  test('are none in a body of the closing boundary alone', async () => {
    expect(await read(Buffer.from('--b--'), 'b')).toEqual([]);
  });

  test('pass through without being held: the source is asked for more only when the reader is', async () => {
    const chunk = Buffer.alloc(64 * 1024, 1);
    let given = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('--b\r\n\r\n');
      for (; given < 1000; given++) {
        yield chunk;
      }
      yield Buffer.from('\r\n--b--');
    }
    let length = 0;
    for await (const part of multipartParts(source(), 'b')) {
      for await (const bytes of part.body) {
        length += bytes.length;
        expect(given * chunk.length - length).toBeLessThanOrEqual(2 * chunk.length);
      }
    }
    expect(length).toBe(1000 * chunk.length);
  });

  test('end in a bad request where the body is cut off anywhere before its closing boundary', async () => {
    const whole = encode([Buffer.from('one'), Buffer.from('two')], 'b');
    for (let length = 0; length < whole.length - 4; length++) {
      await expect(read(whole.subarray(0, length), 'b')).rejects.toMatchObject({ code: 'bad-request' });
    }
  });

  test('end in a bad request where headers, preamble or boundary are not what they can be', async () => {
    const endless = Buffer.alloc(100_000, 0x61);
    await expect(read(endless, 'b')).rejects.toMatchObject({ code: 'bad-request' });
    await expect(read(Buffer.concat([Buffer.from('--b\r\nX: '), endless]), 'b')).rejects.toMatchObject({
      code: 'bad-request',
    });
    await expect(read(Buffer.from('--b\r\nno colon\r\n\r\n'), 'b')).rejects.toMatchObject({ code: 'bad-request' });
    await expect(read(Buffer.from('--b--'), 'a\r\nb')).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('are parts or a bad request for any bytes whatever', async () => {
    const pieces = fc.oneof(
      fc.constantFrom('--b', '--b--', '\r\n', '\n', 'A: b', ' ', '\r'),
      fc.string({ maxLength: 10 }),
    );
    const bytes = fc.oneof(
      fc.array(pieces, { maxLength: 30 }).map((all) => Buffer.from(all.join(''))),
      fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, sizes, async (garbage, cuts) => {
        const error = await read(garbage, 'b', cuts).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error === undefined || (error instanceof NodeError && error.code === 'bad-request')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
