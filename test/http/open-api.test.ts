import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../../src/api/endpoints.ts';
import { openApi } from '../../src/http/open-api.ts';

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly responses: object;
  readonly security?: unknown;
}

/** Every `$ref` anywhere in a value. */
function references(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)));
}

describe('the description of the programming interface', () => {
  const description = openApi('1.2.3') as {
    openapi: string;
    info: { version: string };
    components: { schemas: Record<string, { required?: string[] }> };
    paths: Record<string, Record<string, Operation>>;
  };

  test('is OpenAPI 3.1 of this version, and every reference in it leads somewhere', () => {
    expect(description).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    expect(references(description.paths).length).toBeGreaterThan(10);
    for (const reference of references(description)) {
      expect(Object.keys(description.components.schemas).map((name) => `#/components/schemas/${name}`)).toContain(
        reference,
      );
    }
    expect(description.components.schemas['Status']!.required).toContain('destinations');
  });

  test('gives every operation answers, and says which of them need sign-in', () => {
    for (const [path, operations] of Object.entries(description.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
        const needsSignIn = /^\/(?:dicomweb|metrics|api\/v1\/(?!openapi))/.test(path);
        const isOpen = path === '/api/v1/session' && method !== 'delete';
        expect([path, operation.security !== undefined]).toEqual([path, needsSignIn && !isOpen]);
      }
    }
  });

  test('keeps the rules of OpenAPI 3.1', async () => {
    const checked = await new Validator().validate(structuredClone(description));
    expect(checked).toMatchObject({ valid: true });
  });

  test('has each endpoint under a name of its own, and every parameter of each', () => {
    for (const [name, { method, path, params, query }] of Object.entries<Endpoint>(ENDPOINTS)) {
      const operation = description.paths[`/api/v1${path}`]?.[method.toLowerCase()];
      expect(operation?.operationId).toBe(name);
      const named = (where: string) =>
        (operation?.parameters ?? []).filter((one) => one.in === where).map((one) => one.name);
      expect(named('path')).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one));
      expect(named('path')).toEqual(keysOf(params));
      expect(named('query')).toEqual(keysOf(query));
    }
    const names = Object.values(description.paths).flatMap((one) => Object.values(one).map((o) => o.operationId));
    expect(new Set(names.filter(Boolean)).size).toBe(names.filter(Boolean).length);
  });

  test('declares every parameter of every address', () => {
    for (const [path, operations] of Object.entries(description.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(operations)) {
        const declared = parameters.filter((one) => one.in === 'path').map((one) => one.name);
        expect([path, declared]).toEqual([path, inPath]);
      }
    }
  });
});

function keysOf(schema: Endpoint['params']): readonly string[] {
  return schema === undefined ? [] : Object.keys((schema as z.ZodObject).shape);
}
