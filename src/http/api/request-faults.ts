import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Endpoint } from '../../api/endpoints.ts';
import { sendProblem } from '../problem.ts';

/** What is wrong with one parameter or one part of a body. It names no value: values may be of patients. */
export interface RequestFault {
  readonly in: 'path' | 'query' | 'body';
  /** The name of the parameter, or the way to the part of the body, with dots between. */
  readonly name: string;
  readonly why: string;
}

type Schemas = Pick<Endpoint, 'params' | 'query' | 'body'>;

/** The parts as their schemas read them. */
export type RequestParts<Given extends Schemas> = {
  readonly [Part in keyof Schemas]-?: Given extends Record<Part, infer Schema extends z.ZodType>
    ? z.output<Schema>
    : undefined;
};

/** The parts of a request as its endpoint describes them; undefined where everything that is wrong has been answered. */
export function readRequest<Given extends Schemas>(
  { params, query, body }: Given,
  request: Request,
  response: Response,
): RequestParts<Given> | undefined {
  if (body !== undefined && request.is('application/json') === false) {
    throw Object.assign(new Error('The body must be application/json'), { status: 415 });
  }
  const inPath = readPart('path', params, request.params);
  const inQuery = readPart('query', query, request.query);
  const inBody = readPart('body', body, request.body);
  const faults = [inPath, inQuery, inBody].flatMap((part) => part.faults);
  if (faults.length === 0) {
    return { params: inPath.value, query: inQuery.value, body: inBody.value } as RequestParts<Given>;
  }
  sendFaults(response, faults);
  return undefined;
}

function sendFaults(response: Response, faults: readonly RequestFault[]): void {
  const detail = faults.map(({ in: where, name, why }) => `${name === '' ? where : name}: ${why}`).join('; ');
  sendProblem(response, {
    status: 400,
    title: 'The request cannot be understood',
    code: 'bad-request',
    detail,
    faults,
  });
}

/** Without faults: the value as the schema reads it. */
interface Read {
  readonly value?: unknown;
  readonly faults: readonly RequestFault[];
}

/**
 * Reads one part of a request. What the schema does not know is a fault at any depth: a filter that is misspelt must
 * not select everything.
 */
function readPart(where: RequestFault['in'], schema: z.ZodType | undefined, given: unknown): Read {
  const read = schema === undefined ? { success: true as const, data: {} } : schema.safeParse(given);
  const dropped = read.success ? unknownParts(given, read.data) : [];
  const faults = [
    ...(where === 'query' ? emptyParameters(given) : []).map((name) => ({ in: where, name, why: 'It is empty' })),
    ...dropped.map((name) => ({ in: where, name, why: 'It is not known here' })),
    ...(read.error?.issues ?? []).map(({ path, message }) => ({ in: where, name: nameOf(path), why: message })),
  ];
  return { faults, ...(schema === undefined ? {} : { value: read.data }) };
}

/** An empty number would be read as 0. */
function emptyParameters(given: unknown): readonly string[] {
  return Object.entries(given as object).flatMap(([name, value]) => (value === '' ? [name] : []));
}

/** Where `given` has keys that reading it has dropped. */
function unknownParts(given: unknown, read: unknown, path: readonly PropertyKey[] = []): readonly string[] {
  if (typeof given !== 'object' || given === null || typeof read !== 'object' || read === null) return [];
  return Object.entries(given).flatMap(([key, inner]) =>
    Object.hasOwn(read, key)
      ? unknownParts(inner, (read as Readonly<Record<string, unknown>>)[key], [...path, key])
      : [nameOf([...path, key])],
  );
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
