import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';

/** Clients ask one after the other; a proxy may send the next request a little before it has the whole answer. */
const MOST_PIPELINED = 8;

/**
 * Ends connections on which more requests come than are answered. All that one packet holds are begun at once, a thousand
 * of them before anybody else's turn.
 */
export function fewPipelined(): RequestHandler {
  const unanswered = new WeakMap<Socket, number>();
  return (request, response, next) => {
    const { socket } = request;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (socket.destroyed || count > MOST_PIPELINED) {
      socket.destroy();
      return;
    }
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    next();
  };
}
