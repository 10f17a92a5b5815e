import { parentPort } from 'node:worker_threads';
import { messageOf, NodeError } from '../core/errors.ts';
import { type TurnedInstance, type TurnJob, turnInstance } from './turn-instance.ts';

/** What a turning thread is asked, and answers. */
export interface TurnRequest {
  readonly id: number;
  readonly job: TurnJob;
}
export type TurnReply =
  | { readonly id: number; readonly turned: TurnedInstance }
  | { readonly id: number; readonly failure: { readonly code: NodeError['code']; readonly message: string } };

function reply({ id, job }: TurnRequest): TurnReply {
  try {
    return { id, turned: turnInstance(job) };
  } catch (error) {
    const code = error instanceof NodeError ? error.code : 'cannot-reorient';
    return { id, failure: { code, message: messageOf(error) } };
  }
}

parentPort?.on('message', (request: TurnRequest) => parentPort?.postMessage(reply(request)));
