import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { chosenPhases, classifyInstances } from '../../src/app/classify-stack.ts';
import type { Classifier } from '../../src/app/ports.ts';
import type { GreyImage } from '../../src/core/pixels/grey-image.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';

const [instance] = phantomSeries({ seed: '1', plane: 'sax', sequence: 'LGE', slices: 1 });
const PICTURE = DataSet.read(instance!.dataSet, encodingOf(instance!.transferSyntaxUid)!);
const NO_PICTURE = DataSet.read(new Uint8Array(0), encodingOf('1.2.840.10008.1.2.1')!);

/** Numbers the pictures as they come, and tells how many batches it was given before it answered the first of them. */
class CountingClassifier implements Classifier {
  readonly model = { name: 'counting', version: '1', sha256: '0'.repeat(64), provider: 'cpu' };
  #pictures = 0;
  #waiting = 0;
  mostWaiting = 0;
  failsAt = Number.POSITIVE_INFINITY;

  async classify(images: readonly GreyImage[]): ReturnType<Classifier['classify']> {
    this.mostWaiting = Math.max(this.mostWaiting, ++this.#waiting);
    const numbers = images.map(() => this.#pictures++);
    await sleep(5);
    this.#waiting--;
    if (numbers.some((number) => number >= this.failsAt)) throw new Error('the recogniser fails');
    return numbers.map((number) => ({ probabilities: [1, 0, 0, 0, 0, 0, 0, 0], sax: number / 1000 }));
  }

  async close(): Promise<void> {}
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

describe('classifyInstances', () => {
  test.each([0, 1, 8, 9, 40])('gives %i instances their own predictions, in their order', async (count) => {
    const predicted = await classifyInstances(numbers(count), async () => PICTURE, new CountingClassifier());
    expect(predicted.map(({ instance: one }) => one)).toEqual(numbers(count));
    expect(predicted.map(({ prediction }) => Math.round((prediction.sax ?? 0) * 1000))).toEqual(numbers(count));
  });

  test('leaves out what has no picture', async () => {
    const read = async (one: number) => (one % 3 === 0 ? PICTURE : NO_PICTURE);
    const predicted = await classifyInstances(numbers(30), read, new CountingClassifier());
    expect(predicted.map(({ instance: one }) => one)).toEqual(numbers(30).filter((one) => one % 3 === 0));
  });

  test('hands over the next batch before the last is answered, and never a third', async () => {
    const classifier = new CountingClassifier();
    await classifyInstances(numbers(60), async () => PICTURE, classifier);
    expect(classifier.mostWaiting).toBe(2);
  });

  test.each([0, 20, 59])('fails where the recogniser fails at picture %i', async (failsAt) => {
    const classifier = Object.assign(new CountingClassifier(), { failsAt });
    await expect(classifyInstances(numbers(60), async () => PICTURE, classifier)).rejects.toThrow('recogniser fails');
  });

  test('fails where a picture cannot be read while another batch is recognised', async () => {
    const read = async (one: number) => {
      if (one === 17) throw new Error('the disk fails');
      return PICTURE;
    };
    const classifier = Object.assign(new CountingClassifier(), { failsAt: 8 });
    await expect(classifyInstances(numbers(30), read, classifier)).rejects.toThrow(/fails/);
  });
});

describe('chosenPhases', () => {
  test('are spread evenly, the first one always among them', () => {
    expect(chosenPhases(20, 3)).toEqual([0, 6, 13]);
    expect(chosenPhases(2, 3)).toEqual([0, 1]);
    expect(chosenPhases(0, 3)).toEqual([]);
  });
});
