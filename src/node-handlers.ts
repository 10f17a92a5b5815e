import type { Handlers } from './api/endpoints.ts';
import { auditTrail } from './app/views/audit-trail.ts';
import { destinationStates, listDeliveries } from './app/views/deliveries.ts';
import { listSeries } from './app/views/list-series.ts';
import { overviewOf } from './app/views/overview.ts';
import { retryDeliveries } from './app/views/retry-deliveries.ts';
import type { ByteServices } from './http/api/byte-routes.ts';
import type { NodeState } from './node-state.ts';

export interface HandlerParts {
  readonly state: NodeState;
  /** Has forwarders look into the outbox at once. */
  readonly wake: () => void;
}

/** The use cases behind each endpoint of the JSON interface. */
export function nodeHandlers({ state }: HandlerParts): {
  readonly handlers: Partial<Handlers>;
  readonly bytes: Partial<ByteServices>;
} {
  const { context, forwarders } = state;
  return {
    handlers: {
      overview: ({ query }) => overviewOf(query, context, forwarders),
      listSeries: ({ query }) => listSeries(query, context),
      listDeliveries: ({ query }) => listDeliveries(query, context),
      destinations: () => destinationStates(context, forwarders),
      retryDeliveries: ({ body, asker }) => retryDeliveries(body, asker, { context, destinations: forwarders }),
      audit: ({ query, asker }) => auditTrail(query, asker, context),
    },
    bytes: {},
  };
}
