/**
 * The main module of the child process that recognises: it holds the model, preprocesses and infers, so that neither a
 * long computation nor a crash of a GPU driver reaches the process that talks to scanners and archives.
 */
import { messageOf, NodeError } from '../core/errors.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { ClassifierReply, ClassifierRequest, NumberedRequest } from './classifier-messages.ts';
import { readModelManifest, readModelWeights } from './model-manifest.ts';
import { type OrientationSession, openOrientationSession } from './orientation-session.ts';

let session: OrientationSession | undefined;
let previous: Promise<void> = Promise.resolve();

async function answer(request: ClassifierRequest): Promise<readonly SlicePrediction[]> {
  switch (request.kind) {
    case 'open': {
      const manifest = await readModelManifest(request.modelFolder);
      session = await openOrientationSession(manifest, await readModelWeights(manifest), request);
      return [];
    }
    case 'classify':
      if (session === undefined) throw new NodeError('classifier-failed', 'No model is loaded');
      return session.run(request.images);
    default:
      return request satisfies never;
  }
}

async function reply({ id, request }: NumberedRequest): Promise<void> {
  const message: ClassifierReply = await answer(request).then(
    (predictions) => ({ id, ok: true, predictions }),
    (cause: unknown) => ({
      id,
      ok: false,
      code: cause instanceof NodeError ? cause.code : 'classifier-failed',
      message: messageOf(cause),
    }),
  );
  process.send?.(message);
}

// cuBLAS and cuDNN would round to 10 bits on newer GPUs, which is more than the reference outputs allow.
process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
// Ctrl-C reaches the whole process group; when to end is the parent's choice.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message: NumberedRequest) => {
  previous = previous.then(() => reply(message));
});
