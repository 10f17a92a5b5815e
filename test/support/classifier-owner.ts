/** Starts the recogniser on the model folder of its argument, tells the child's process id, and lives until it is killed. */
import { startClassifier } from '../../src/inference/start-classifier.ts';

const quiet = () => undefined;
await startClassifier({
  modelFolder: process.argv[2] as string,
  executionProviders: ['cpu'],
  requireGpu: false,
  threads: 1,
  log: { info: (_, details) => process.stdout.write(`${details?.['pid']}\n`), warn: quiet, error: quiet },
});
