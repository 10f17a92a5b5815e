import type { Request } from 'express';

const AUTHORITY = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * The address under which whoever asks reaches this service, for the links in answers. A proxy that ends TLS says so; who
 * lies about it is led astray alone.
 */
export function serviceAddress(request: Request): string {
  const forwarded = firstOf(request.headers['x-forwarded-proto']);
  const scheme = forwarded === 'https' || forwarded === 'http' ? forwarded : request.protocol;
  const host = firstOf(request.headers['x-forwarded-host']) ?? request.headers.host ?? '';
  return AUTHORITY.test(host) ? `${scheme}://${host}${request.baseUrl}` : request.baseUrl;
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();
}

/** What of a study is meant. */
export interface Address {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid?: string | undefined;
  readonly sopInstanceUid?: string | undefined;
}

export function addressOf(service: string, { studyInstanceUid, seriesInstanceUid, sopInstanceUid }: Address): string {
  const path = [`${service}/studies/${encodeURIComponent(studyInstanceUid)}`];
  if (seriesInstanceUid !== undefined) path.push(`series/${encodeURIComponent(seriesInstanceUid)}`);
  if (sopInstanceUid !== undefined) path.push(`instances/${encodeURIComponent(sopInstanceUid)}`);
  return path.join('/');
}
