import type { Classifier } from '../ports.ts';

/**
 * The same recogniser, asked for one thing at a time: it takes requests in order, so that what arrives live never waits
 * for more than one request of a batch.
 */
export function oneAtATime(classifier: Classifier): Classifier {
  let last: Promise<unknown> = Promise.resolve();
  return {
    get model() {
      return classifier.model;
    },
    classify(images) {
      const answer = last.then(() => classifier.classify(images));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: () => classifier.close(),
  };
}
