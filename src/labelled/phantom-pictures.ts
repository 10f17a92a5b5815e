import { seededRandom } from '../phantom/random.ts';
import type { LabelledPicture } from './labelled-picture.ts';
import { emptyPicture } from './phantom/empty-pictures.ts';
import { otherPictures } from './phantom/other-pictures.ts';
import { shortAxisStack } from './phantom/short-axes.ts';
import { variedSubject } from './phantom/varied-subject.ts';

export interface PhantomPicturesOptions {
  readonly count: number;
  /** Names the made-up people: another seed is another set of them. */
  readonly seed: string;
}

/**
 * Made-up pictures with their whole truth: studies of twenty pictures, of which eleven are short axes (cine, LGE or T2;
 * from beyond the base to beyond the apex; tilted, turned, tight or wide; stored in any of the eight codes with an
 * honest header), seven are other planes, other parts of the body and a head, and two are empty. The same seed gives
 * the same pictures; a smaller count gives the first of them. No heart is on the right.
 */
export function* phantomPictures({ count, seed }: PhantomPicturesOptions): Generator<LabelledPicture> {
  let left = count;
  for (let index = 0; left > 0; index++) {
    for (const picture of studyOf(`${seed} ${index}`, index)) {
      if (left === 0) return;
      yield picture;
      left--;
    }
  }
}

function* studyOf(person: string, index: number): Generator<LabelledPicture> {
  const subject = variedSubject(person);
  const random = seededRandom(`study ${person}`);
  const series = (name: string) => `${person}/${name}`;
  const second = index % 2 === 0 ? 'LGE' : 'T2';
  yield* shortAxisStack({ subject, series: series('cine'), contrast: 'cine', positions: 3, phases: 2 }, random);
  yield* shortAxisStack({ subject, series: series(second), contrast: second, positions: 5, phases: 1 }, random);
  const elsewhere = (['head', 'abdomen', 'upper-chest'] as const)[index % 3] as 'head' | 'abdomen' | 'upper-chest';
  yield* otherPictures({ subject, series: series('long-axis'), view: 'long-axis', positions: 2 }, random);
  yield* otherPictures({ subject, series: series('scout'), view: 'scout', positions: 2 }, random);
  yield* otherPictures({ subject, series: series('oblique'), view: 'oblique', positions: 1 }, random);
  yield* otherPictures({ subject, series: series(elsewhere), view: elsewhere, positions: 2 }, random);
  yield emptyPicture({ subject: person, series: series('blank'), quality: 'blank' }, random);
  yield emptyPicture({ subject: person, series: series('noise'), quality: 'noise' }, random);
}
