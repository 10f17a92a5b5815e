import type { RequestHandler } from 'express';
import { askerOf } from './sign-in/asker.ts';

/** Somebody asked DICOMweb for data of patients. */
export interface DicomWebRead {
  readonly asker: { readonly name: string };
  readonly event: 'instances-searched' | 'instances-retrieved';
  readonly study?: string | undefined;
  readonly series?: string | undefined;
}

const SEARCHED = ['studies', 'series', 'instances'];
const UNKNOWN = { name: 'unknown' };

/** Has every search and retrieval put on record, before it is answered. What was searched for may name a patient: not that. */
export function readsOnRecord(onRead: (read: DicomWebRead) => Promise<void>): RequestHandler {
  return async (request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      const asker = askerOf(response) ?? UNKNOWN;
      await onRead({ asker: { name: asker.name }, ...readOf(request.path) });
    }
    next();
  };
}

function readOf(path: string): Omit<DicomWebRead, 'asker'> {
  const parts = path.split('/').filter((part) => part !== '');
  const event = SEARCHED.includes(parts.at(-1) ?? '') ? 'instances-searched' : 'instances-retrieved';
  return { event, study: uidAfter('studies', parts), series: uidAfter('series', parts) };
}

function uidAfter(resource: string, parts: readonly string[]): string | undefined {
  const place = parts.indexOf(resource);
  return place === -1 ? undefined : parts[place + 1]?.slice(0, 64);
}
