import type { Batch, BatchOrder, BatchSeries } from '../../src/api/batches.ts';
import { BatchRunner } from '../../src/app/batches/batch-runner.ts';
import type { NodeContext, NodeSettings } from '../../src/app/node-context.ts';
import { eventually } from './eventually.ts';
import { appSettings, RecordingArchive, RunningApp, ToldClassifier, temporaryFolder } from './running-app.ts';

export const ORDER: BatchOrder = {
  action: 'resend',
  filter: { from: '1970-01-01T00:00:00Z' },
  dryRun: false,
  because: 'the archive lost a disk',
};

/** An app with two archives, the first of which gets everything, and a runner of batches beside it. */
export class BatchApp {
  readonly archive = new RecordingArchive();
  readonly spare = new RecordingArchive('spare');
  readonly classifier = new ToldClassifier();
  readonly #folder: Awaited<ReturnType<typeof temporaryFolder>>;
  app!: RunningApp;
  runner!: BatchRunner;

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>) {
    this.#folder = folder;
  }

  static async start(settings: Partial<NodeSettings> = {}): Promise<BatchApp> {
    const one = new BatchApp(await temporaryFolder());
    await one.#open(settings);
    return one;
  }

  async #open(settings: Partial<NodeSettings>): Promise<void> {
    const { archive, spare, classifier } = this;
    const { routeDefaults } = appSettings([archive]);
    const archives = [archive, spare];
    const all = { routeDefaults, ...settings };
    this.app = await RunningApp.start({ folder: this.#folder.path, classifier, archives, settings: all });
    this.runner = this.newRunner();
  }

  /** The same data with other settings. */
  async restarted(settings: Partial<NodeSettings> = {}): Promise<void> {
    await this.runner.close();
    await this.app.close();
    await this.#open(settings);
  }

  newRunner(context: Partial<NodeContext> = {}, problemOf = this.#problemOf.bind(this)): BatchRunner {
    const archives = [this.archive, this.spare];
    return new BatchRunner(
      { ...this.app.context, ...context },
      {
        destinations: archives.map(({ name }) => name),
        problemOf,
        onQueued: () => this.app.wake(),
      },
    );
  }

  #problemOf(name: string): string | undefined {
    const archive = [this.archive, this.spare].find((one) => one.name === name);
    return archive?.isDown === true ? 'nobody answers' : undefined;
  }

  order(order: Partial<BatchOrder> = {}): Promise<Batch> {
    return this.runner.create({ ...ORDER, ...order }, 'anna');
  }

  /** The batch when it has ended. */
  ended(id: number, runner = this.runner): Promise<Batch> {
    const hasEnded = ({ state }: Batch) => state === 'done' || state === 'cancelled';
    return eventually(() => runner.get(id), hasEnded, { what: 'the end of the batch' });
  }

  async done(order: Partial<BatchOrder> = {}): Promise<Batch> {
    const { id } = await this.order(order);
    const batch = await this.ended(id);
    await this.app.settled();
    return this.runner.get(batch.id);
  }

  async seriesOf({ id }: Batch): Promise<readonly BatchSeries[]> {
    return (await this.runner.series(id, { limit: 500 })).items;
  }

  /** Everything on record that is not the batches' own. */
  async tables(): Promise<unknown> {
    const tables = ['series', 'instances', 'decisions', 'predictions', 'results', 'deliveries', 'stack_groups'];
    return Promise.all(tables.map((table) => this.app.db.all(`select * from ${table} order by 1, 2`)));
  }

  async close(): Promise<void> {
    await this.runner.close();
    await this.app.close();
    await this.#folder.remove();
  }
}
