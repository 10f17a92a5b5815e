import { describe, expect, test } from 'vitest';
import { openApi } from '../../src/http/open-api.ts';

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
    paths: Record<string, Record<string, { responses: object; security?: unknown }>>;
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
      for (const operation of Object.values(operations)) {
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
        expect(operation.security !== undefined).toBe(/status|dicomweb|metrics/.test(path));
      }
    }
  });
});
