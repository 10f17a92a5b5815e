/** A store request by hand, so that it can be wrong in every way. */
export const BOUNDARY = 'the-boundary';
export const STOW_TYPE = `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`;

export function multipart(files: readonly Buffer[], type = 'application/dicom'): Buffer {
  const parts = files.flatMap((file) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Type: ${type}\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--`)]);
}

export async function post(url: string, body: Buffer, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'Content-Type': STOW_TYPE, ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text === '' ? undefined : JSON.parse(text) };
}

export const storedUids = (json: Record<string, { Value?: Record<string, { Value?: unknown[] }>[] }>) =>
  (json['00081199']?.Value ?? []).map((item) => item['00081155']?.Value?.[0]);
export const failures = (json: Record<string, { Value?: Record<string, { Value?: unknown[] }>[] }>) =>
  [...(json['00081198']?.Value ?? []), ...(json['0008119A']?.Value ?? [])].map((item) => [
    item['00081155']?.Value?.[0],
    item['00081197']?.Value?.[0],
  ]);
