import { afterEach } from 'vitest';
import type { Handlers } from '../../../src/api/endpoints.ts';
import type { LiveTopic } from '../../../src/api/live.ts';
import type { Role } from '../../../src/api/words.ts';
import { type ApiServices, apiRouter } from '../../../src/http/api-routes.ts';
import { type HttpLimits, type HttpServer, startHttpServer } from '../../../src/http/server.ts';
import { type SignedIn, setIdentified } from '../../../src/http/sign-in/asker.ts';
import { apiServices } from '../../support/api-services.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

/** Changes that a test tells. */
export class ToldChanges {
  readonly listeners = new Set<Parameters<ApiServices['live']['listen']>[0]>();

  listen(listener: Parameters<ApiServices['live']['listen']>[0]): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(...topics: readonly LiveTopic[]): void {
    for (const listener of this.listeners) listener.changed(topics);
  }
}

export interface ServedApi {
  readonly url: string;
  readonly log: ReturnType<typeof recordedLog>;
  readonly live: ToldChanges;
  /** Ends the sign-in of everybody. */
  signOut(): void;
}

/** `/api/v1` on a port, signed in as somebody of a role, with these handlers. */
export async function servedApi(
  services: { readonly handlers?: Partial<Handlers>; readonly bytes?: Partial<ApiServices['bytes']> },
  role: Role | 'nobody' = 'administrator',
  limits: Partial<HttpLimits> = {},
): Promise<ServedApi> {
  const log = recordedLog();
  const live = new ToldChanges();
  let isIn = true;
  const anna = (): SignedIn => ({ name: 'anna', role: role as Role, via: 'session', isStillSignedIn: () => isIn });
  const mounts = [
    {
      path: '/api',
      router: ((_request, response, next) => {
        setIdentified(response, role === 'nobody' ? undefined : anna());
        next();
      }) satisfies Parameters<typeof startHttpServer>[0]['mounts'][number]['router'],
    },
    {
      path: '/api/v1',
      router: apiRouter({ ...apiServices({ ...services, live }), version: '1.2.3', log }),
    },
  ];
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, mounts, log, limits });
  servers.push(server);
  return {
    url: `http://127.0.0.1:${server.port}/api/v1`,
    log,
    live,
    signOut: () => {
      isIn = false;
    },
  };
}
