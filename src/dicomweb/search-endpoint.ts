import express, { type Request, type Response, type Router } from 'express';
import type { EventLog, Retained, SearchResult } from '../app/ports.ts';
import type { DicomJson, DicomJsonElement } from '../core/attributes/dicom-json.ts';
import {
  hexadecimal,
  isAtOrAbove,
  SEARCH_ATTRIBUTES,
  SEARCH_LEVELS,
  type SearchAttribute,
  type SearchLevel,
  searchAttribute,
} from '../core/search/search-attributes.ts';
import type { Condition, SearchMatch } from '../core/search/search-query.ts';
import { acceptables, chosenOffer } from './acceptable.ts';
import { refuse, warn } from './refusal.ts';
import { wholeOrCutOff, written } from './response-body.ts';
import { type SearchParameters, searchParameters } from './search-parameters.ts';
import { addressOf, serviceAddress } from './service-address.ts';

export interface SearchOptions {
  readonly retained: Retained;
  readonly log: EventLog;
}

/** A request without a limit, or with a greater one, gets so many. */
const MOST_RESULTS = 10_000;
const STUDY_INSTANCE_UID = 0x0020000d;
const SERIES_INSTANCE_UID = 0x0020000e;
const JSON_OFFERS = ['application/dicom+json', 'application/json'].map((type) => ({ type, multipart: false }));

/** One address that can be searched. */
interface SearchTarget {
  readonly path: string;
  readonly level: SearchLevel;
  /** The levels whose attributes are returned without being asked for (PS3.18 10.6.3.3). */
  readonly returned: readonly SearchLevel[];
}

const TARGETS: readonly SearchTarget[] = [
  { path: '/studies', level: 'study', returned: ['study'] },
  { path: '/series', level: 'series', returned: ['study', 'series'] },
  { path: '/instances', level: 'instance', returned: SEARCH_LEVELS },
  { path: '/studies/:study/series', level: 'series', returned: ['series'] },
  { path: '/studies/:study/instances', level: 'instance', returned: ['series', 'instance'] },
  { path: '/studies/:study/series/:series/instances', level: 'instance', returned: ['instance'] },
];

/** QIDO-RS (PS3.18 10.6) over what is retained. */
export function searchRouter(options: SearchOptions): Router {
  const router = express.Router();
  for (const target of TARGETS) {
    router.get(target.path, (request, response) =>
      wholeOrCutOff(response, options.log, () => search(request, response, { target, options })),
    );
  }
  return router;
}

async function search(
  request: Request,
  response: Response,
  { target, options }: { readonly target: SearchTarget; readonly options: SearchOptions },
): Promise<void> {
  if (chosenOffer(acceptables(request), JSON_OFFERS) === undefined) {
    return refuse(response, 406, {
      title: 'The search cannot be answered',
      detail: 'answers are application/dicom+json only',
    });
  }
  const asked = searchParameters(new URL(request.originalUrl, 'http://localhost').searchParams, target.level);
  const startedAt = performance.now();
  const result = await options.retained.search({
    level: target.level,
    conditions: [...asked.conditions, ...conditionsOfPath(request)],
    offset: asked.offset,
    limit: Math.min(asked.limit ?? MOST_RESULTS, MOST_RESULTS),
  });
  warn(response, [...asked.warnings, ...warningsOf(result, asked)]);
  response.setHeader('Cache-Control', 'no-store');
  await answer(request, response, { result, fields: fieldsOf(target, asked) });
  const milliseconds = Math.round(performance.now() - startedAt);
  options.log.info('dicomweb-search', { level: target.level, results: result.count, milliseconds });
}

function conditionsOfPath({ params }: Request): readonly Condition[] {
  return [[STUDY_INSTANCE_UID, params['study']] as const, [SERIES_INSTANCE_UID, params['series']] as const].flatMap(
    ([tag, uid]) =>
      typeof uid === 'string'
        ? [{ attribute: searchAttribute(tag) as SearchAttribute, match: { kind: 'one-of', uids: [uid] } } as const]
        : [],
  );
}

function warningsOf(
  { more, isBehind }: SearchResult,
  { limit = Number.POSITIVE_INFINITY }: SearchParameters,
): string[] {
  const tooMany =
    'The number of results exceeded the maximum supported by the server. Additional results can be requested.';
  const behind = 'Instances that arrived before this search are not all in the catalogue yet.';
  return [...(more && limit > MOST_RESULTS ? [tooMany] : []), ...(isBehind ? [behind] : [])];
}

/** The attributes that each match is answered with, in the order of their tags. */
function fieldsOf({ level, returned }: SearchTarget, asked: SearchParameters): readonly SearchAttribute[] {
  return SEARCH_ATTRIBUTES.filter((attribute) => {
    if (!isAtOrAbove(attribute.level, level)) return false;
    const isItsUid = attribute.matching === 'uid' && attribute.always && attribute.keyword !== 'SOPClassUID';
    const ofLevel = returned.includes(attribute.level) && (attribute.always || asked.includesAll);
    return isItsUid || ofLevel || asked.included.has(attribute.tag);
  });
}

async function answer(
  request: Request,
  response: Response,
  { result, fields }: { readonly result: SearchResult; readonly fields: readonly SearchAttribute[] },
): Promise<void> {
  if (result.count === 0) {
    response.status(204).end();
    return;
  }
  const service = serviceAddress(request);
  response.status(200).type('application/dicom+json');
  let separator = '[';
  for await (const matches of result.matches()) {
    const texts = matches.map((match) => JSON.stringify(found(match, fields, service)));
    if (texts.length === 0) continue;
    if (!(await written(response, separator + texts.join(',')))) return;
    separator = ',';
  }
  response.end(separator === '[' ? '[]' : ']');
}

function found(match: SearchMatch, fields: readonly SearchAttribute[], service: string): DicomJson {
  const elements: Record<string, DicomJsonElement> = {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    '00081190': { vr: 'UR', Value: [addressOf(service, match)] },
  };
  for (const field of fields) {
    const element = match.attributes[hexadecimal(field)];
    // What can be asked about is answered where it has no value, too.
    if (element !== undefined) elements[hexadecimal(field)] = element;
    else if (field.matching !== 'none') elements[hexadecimal(field)] = { vr: field.vr };
  }
  return Object.fromEntries(Object.entries(elements).sort(([a], [b]) => (a < b ? -1 : 1)));
}
