import { ENDPOINTS, type Handlers } from '../../src/api/endpoints.ts';
import type { ApiServices } from '../../src/http/api-routes.ts';

const notAsked = (): Promise<never> => Promise.reject(new Error('not asked here'));

/** What stands behind the JSON interface where a test is about something else, or about these alone. */
export function apiServices(
  asked: {
    readonly handlers?: Partial<Handlers>;
    readonly bytes?: Partial<ApiServices['bytes']>;
    readonly live?: ApiServices['live'];
    readonly status?: ApiServices['status'];
  } = {},
): ApiServices {
  const handlers = Object.fromEntries(Object.keys(ENDPOINTS).map((name) => [name, notAsked]));
  return {
    handlers: { ...handlers, ...asked.handlers } as Handlers,
    bytes: {
      picturePixels: notAsked,
      batchResults: async function* () {
        yield await notAsked();
      },
      ...asked.bytes,
    },
    live: asked.live ?? { listen: () => () => {} },
    status: asked.status ?? notAsked,
  };
}
