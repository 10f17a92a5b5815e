import { z } from 'zod';
import { health, problem, status } from './answers.ts';
import { bytePaths } from './api/describe-byte-routes.ts';
import { endpointPaths, endpointSchemas } from './api/describe-endpoints.ts';
import { SESSION_PATHS } from './api/describe-session.ts';
import { DATA_SET, type Json, readPaths } from './dicomweb-description.ts';

/** The description of what this version serves (OpenAPI 3.1), from the schemas that the answers are checked with. */
export function openApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'CMR orientation node',
      version,
      description:
        'Receives cardiac MR series, standardizes their orientation and forwards them. Not a medical device.',
    },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, session: SESSION },
      schemas: {
        Health: schemaOf(health),
        Status: schemaOf(status),
        Problem: schemaOf(problem),
        Stored: STORED,
        DataSet: DATA_SET,
        ...endpointSchemas(),
      },
    },
    paths: {
      '/health/live': { get: { summary: 'The process answers', responses: { 200: json('Health', 'It does') } } },
      '/health/ready': { get: { summary: 'Whether instances can be accepted and kept', responses: READY } },
      '/metrics': { get: METRICS },
      '/api/v1/openapi.json': {
        get: { summary: 'This description', responses: { 200: { description: 'OpenAPI 3.1' } } },
      },
      '/api/v1/status': { get: STATUS },
      ...SESSION_PATHS,
      ...endpointPaths(SIGNED_IN),
      ...bytePaths(SIGNED_IN),
      ...merged(readPaths(SIGNED_IN), {
        '/dicomweb/studies': { post: store('Stores instances (STOW-RS, PS3.18 10.5)', []) },
        '/dicomweb/studies/{study}': { post: store('Stores instances of one study', [STUDY]) },
      }),
    },
  };
}

/** Both operations of an address that has one in each. */
function merged(some: Readonly<Record<string, Json>>, others: Readonly<Record<string, Json>>): Json {
  const paths = [...new Set([...Object.keys(some), ...Object.keys(others)])];
  return Object.fromEntries(paths.map((path) => [path, { ...some[path], ...others[path] }]));
}

const SESSION: Json = {
  type: 'apiKey',
  in: 'cookie',
  name: 'cmr-node',
  description:
    'Of a browser that signed in; __Host-cmr-node where the node is reached encrypted. What changes something needs the ' +
    'header X-CSRF-Token besides.',
};
const BEARER = [{ bearer: [] }];
const SIGNED_IN = [...BEARER, { session: [] }];
const STUDY: Json = {
  name: 'study',
  in: 'path',
  required: true,
  description: 'Study Instance UID; instances of other studies fail with reason A901',
  schema: { type: 'string' },
};
const READY: Json = {
  200: json('Health', 'They can; `degraded` names what only delays delivery'),
  503: json('Health', 'They cannot'),
};
const METRICS: Json = {
  summary: 'Prometheus metrics; open on this machine, with sign-in from elsewhere',
  security: [{}, ...SIGNED_IN],
  responses: {
    200: { description: 'Prometheus text format', content: { 'text/plain': {} } },
    401: refused('No sign-in'),
  },
};
const STATUS: Json = {
  summary: 'What the node is doing',
  security: SIGNED_IN,
  responses: { 200: json('Status', 'The state of receiving, deciding and delivering'), 401: refused('No sign-in') },
};
/** The DICOM JSON model (PS3.18 annex F) of the Store Instances Response Module. */
const STORED: Json = {
  type: 'object',
  description: 'Referenced SOP Sequence 00081199, Failed SOP Sequence 00081198, Other Failures Sequence 0008119A',
  additionalProperties: { type: 'object', properties: { vr: { type: 'string' }, Value: { type: 'array' } } },
};

function store(summary: string, parameters: readonly Json[]): Json {
  const stored = (description: string) => content(description, 'application/dicom+json', 'Stored');
  return {
    summary,
    parameters,
    security: BEARER,
    requestBody: {
      required: true,
      description: 'Part 10 files, each as a part of type application/dicom',
      content: { 'multipart/related; type="application/dicom"': { schema: { type: 'string', format: 'binary' } } },
    },
    responses: {
      200: stored('All are stored, durably'),
      202: stored('Some are stored'),
      400: refused('The body is not what its content type says'),
      401: refused('No sign-in'),
      406: refused('Only application/dicom+json is answered'),
      409: stored('None is stored'),
      415: refused('Only multipart/related of application/dicom is taken'),
      503: stored('There is no room at the moment; Retry-After says when to come back'),
    },
  };
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

function json(schema: string, description: string): Json {
  return content(description, 'application/json', schema);
}

function refused(description: string): Json {
  return content(description, 'application/problem+json', 'Problem');
}

function content(description: string, mediaType: string, schema: string): Json {
  return { description, content: { [mediaType]: { schema: { $ref: `#/components/schemas/${schema}` } } } };
}
