import type { ActOutcome, ActPreview, DecidedAct } from '../../src/api/reviews.ts';
import { actOnSeries } from '../../src/app/review/act-on-series.ts';
import { previewActs } from '../../src/app/review/preview-acts.ts';
import type { ReviewContext } from '../../src/app/review/review-context.ts';
import { seriesInReview } from '../../src/app/review/series-in-review.ts';
import type { RunningApp } from './running-app.ts';

export type Act = Pick<DecidedAct, 'act'> & Partial<DecidedAct>;

/** A reviewer before a running app: looks at a series, then acts on it. */
export class ActingReviewer {
  readonly #app: RunningApp;
  readonly #context: ReviewContext;
  readonly #name: string;

  constructor(
    app: RunningApp,
    destinations: readonly string[],
    { name = 'dr-reviewer', ...more }: Partial<ReviewContext> & { readonly name?: string } = {},
  ) {
    this.#app = app;
    this.#context = { ...app.context, destinations, wake: () => app.wake(), ...more };
    this.#name = name;
  }

  /** The only series that there is, or the one with this UID. */
  async looksAt(seriesInstanceUid?: string): Promise<{ readonly id: number; readonly version: string }> {
    const [row] = await this.#app.db.all<{ id: number }>(
      'select id from series where ?1 is null or series_instance_uid = ?1 order by id limit 1',
      [seriesInstanceUid ?? null],
    );
    const id = row?.id ?? 0;
    const seen = await seriesInReview(this.#app.db, id, this.#context.settings);
    return { id, version: seen?.version ?? '' };
  }

  async previews(act: Act): Promise<ActPreview> {
    const series = act.series ?? [await this.looksAt()];
    return (await previewActs({ ...act, series }, this.#context))[0] as ActPreview;
  }

  /** Looks, acts, and waits until everything arrived. */
  async does(act: Act): Promise<ActOutcome> {
    const outcome = await this.acts(act);
    await this.#app.settled();
    return outcome;
  }

  async acts(act: Act): Promise<ActOutcome> {
    const series = act.series ?? [await this.looksAt()];
    const order = { because: 'seen on the screen', ...act, series };
    return (await actOnSeries(order, { name: this.#name }, this.#context))[0] as ActOutcome;
  }
}
