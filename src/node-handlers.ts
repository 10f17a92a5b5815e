import type { Handlers } from './api/endpoints.ts';
import type { ByteServices } from './http/api/byte-routes.ts';
import type { NodeState } from './node-state.ts';

export interface HandlerParts {
  readonly state: NodeState;
  /** Has forwarders look into the outbox at once. */
  readonly wake: () => void;
}

/** The use cases behind each endpoint of the JSON interface. */
export function nodeHandlers(_parts: HandlerParts): {
  readonly handlers: Partial<Handlers>;
  readonly bytes: Partial<ByteServices>;
} {
  return { handlers: {}, bytes: {} };
}
