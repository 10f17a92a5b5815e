export type Json = Readonly<Record<string, unknown>>;

/** The DICOM JSON Model (PS3.18 annex F). */
export const DATA_SET: Json = {
  type: 'object',
  description: 'Elements by tag, eight hexadecimal digits',
  additionalProperties: {
    type: 'object',
    properties: {
      vr: { type: 'string' },
      Value: { type: 'array' },
      BulkDataURI: { type: 'string' },
      InlineBinary: { type: 'string' },
    },
  },
};

const STUDY = '/dicomweb/studies/{study}';
const SERIES = `${STUDY}/series/{series}`;
const INSTANCE = `${SERIES}/instances/{instance}`;
const SEARCHED = [
  '/dicomweb/studies',
  '/dicomweb/series',
  '/dicomweb/instances',
  `${STUDY}/series`,
  `${STUDY}/instances`,
];

/** QIDO-RS and WADO-RS, by address. */
export function readPaths(security: readonly Json[]): Readonly<Record<string, Json>> {
  const get = (path: string, summary: string, content: Json): [string, Json] => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
    const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
    return [
      path,
      { get: { summary, security, ...content, parameters: [...inPath, ...((content['parameters'] ?? []) as Json[])] } },
    ];
  };
  const retrieved = [STUDY, SERIES, INSTANCE];
  return Object.fromEntries([
    ...[...SEARCHED, `${SERIES}/instances`].map((path) =>
      get(path, 'Searches what is retained (QIDO-RS, PS3.18 10.6)', SEARCH),
    ),
    ...retrieved.map((path) => get(path, 'Part 10 files as they are stored (WADO-RS, PS3.18 10.4)', FILES)),
    ...retrieved.map((path) => get(`${path}/metadata`, 'Headers', METADATA)),
    ...retrieved.map((path) => get(`${path}/rendered`, 'Pictures for the eye', RENDERED)),
    get(`${INSTANCE}/frames/{frames}`, 'Frames as they are stored; numbers from 1, with commas between', PIXELS),
    get(`${INSTANCE}/frames/{frames}/rendered`, 'Pictures of frames for the eye', RENDERED),
    get(`${INSTANCE}/bulkdata/{path}`, 'A value that the metadata give by address', PIXELS),
  ]);
}

function query(name: string, description: string, type = 'string'): Json {
  return { name, in: 'query', required: false, description, schema: { type } };
}

function answer(description: string, mediaType: string, schema: Json): Json {
  return { description, content: { [mediaType]: { schema } } };
}

function refusals(...statuses: readonly number[]): Json {
  const problem = { $ref: '#/components/schemas/Problem' };
  const entries = [401, ...statuses].map((status) => [
    status,
    answer(WHY[status] as string, 'application/problem+json', problem),
  ]);
  return Object.fromEntries(entries) as Json;
}

const WHY: Readonly<Record<number, string>> = {
  400: 'A parameter cannot be understood',
  401: 'No sign-in',
  404: 'Nothing of this is retained',
  406: 'Not to be had in an acceptable form',
};
const DATA_SETS: Json = { type: 'array', items: { $ref: '#/components/schemas/DataSet' } };
const BINARY: Json = { type: 'string', format: 'binary' };

/** Any number of parameters, each the name of an attribute (PS3.18 8.3.4.1). */
const ATTRIBUTES: Json = {
  name: 'attributes',
  in: 'query',
  required: false,
  description: 'Values to be matched, by keyword or tag: those of the conformance statement',
  style: 'form',
  explode: true,
  schema: { type: 'object', additionalProperties: { type: 'string' } },
};
const SEARCH: Json = {
  parameters: [
    ATTRIBUTES,
    query('includefield', 'Attributes to be returned besides, or all'),
    query('limit', 'At most 10000', 'integer'),
    query('offset', 'How many to skip', 'integer'),
  ],
  responses: {
    200: answer('What was found; a Warning header says what was not done', 'application/dicom+json', DATA_SETS),
    204: { description: 'Nothing was found' },
    ...refusals(400, 406),
  },
};
const FILES: Json = {
  responses: {
    200: answer('All of it', 'multipart/related; type="application/dicom"', BINARY),
    206: answer(
      'What is stored in an acceptable transfer syntax',
      'multipart/related; type="application/dicom"',
      BINARY,
    ),
    ...refusals(404, 406),
  },
};
const METADATA: Json = {
  responses: { 200: answer('One for each instance', 'application/dicom+json', DATA_SETS), ...refusals(404, 406) },
};
const PIXELS: Json = {
  responses: {
    200: answer('The bytes', 'multipart/related; type="application/octet-stream"', BINARY),
    ...refusals(400, 404, 406),
  },
};
const RENDERED: Json = {
  parameters: [
    query('window', 'center,width,function'),
    query('viewport', 'columns,rows or columns,rows,x,y,width,height'),
  ],
  responses: { 200: answer('PNG, or a part for each picture', 'image/png', BINARY), ...refusals(400, 404, 406) },
};
