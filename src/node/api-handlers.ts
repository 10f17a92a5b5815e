import type { Asker, Handlers } from '../api/endpoints.ts';
import { batchResultsCsv } from '../app/batches/batch-results-csv.ts';
import type { BatchRunner } from '../app/batches/batch-runner.ts';
import type { NodeContext } from '../app/node-context.ts';
import { retryDeliveries } from '../app/retry-deliveries.ts';
import { actOnSeries } from '../app/review/act-on-series.ts';
import { previewActs } from '../app/review/preview-acts.ts';
import type { ReviewContext } from '../app/review/review-context.ts';
import { attributeChanges } from '../app/views/attribute-changes.ts';
import { auditTrail } from '../app/views/audit-trail.ts';
import { destinationStates, listDeliveries } from '../app/views/deliveries.ts';
import { listSeries } from '../app/views/list-series.ts';
import { overviewOf } from '../app/views/overview.ts';
import { picturePixels } from '../app/views/picture-pixels.ts';
import { recordRead } from '../app/views/record-read.ts';
import { seriesDetail } from '../app/views/series-detail.ts';
import { seriesPictures } from '../app/views/series-pictures.ts';
import type { ByteServices } from '../http/api/byte-routes.ts';
import { instancesByIds } from '../store/instances.ts';
import { seriesByIds } from '../store/series.ts';
import type { NodeState } from './state.ts';

export interface HandlerParts {
  readonly state: NodeState;
  readonly batches: BatchRunner;
  /** Has forwarders look into the outbox at once. */
  readonly wake: () => void;
}

/** The use cases behind each endpoint of the JSON interface. */
export function nodeHandlers({ state, batches, wake }: HandlerParts): {
  readonly handlers: Handlers;
  readonly bytes: ByteServices;
} {
  const { context, forwarders } = state;
  const review: ReviewContext = { ...context, destinations: forwarders.map(({ name }) => name), wake };
  const viewed = viewsOnRecord(context);
  return {
    handlers: {
      overview: ({ query }) => overviewOf(query, context, forwarders),
      listSeries: ({ query }) => listSeries(query, context),
      series: async ({ params, asker }) => {
        await viewed(params.id, asker);
        return seriesDetail(params.id, context);
      },
      seriesPictures: async ({ params, asker }) => {
        await viewed(params.id, asker);
        return seriesPictures(params.id, context);
      },
      attributeChanges: async ({ params, asker }) => {
        await viewed(params.id, asker);
        return attributeChanges({ seriesId: params.id, instanceId: params.instance }, context);
      },
      previewAct: async ({ body }) => ({ items: await previewActs(body, review) }),
      act: async ({ body, asker }) => ({ items: await actOnSeries(body, asker, review) }),
      listBatches: ({ query }) => batches.list(query),
      createBatch: ({ body, asker }) => batches.create(body, asker.name),
      batch: ({ params }) => batches.get(params.id),
      batchSeries: ({ params, query }) => batches.series(params.id, query),
      pauseBatch: ({ params, asker }) => batches.pause(params.id, asker.name),
      resumeBatch: ({ params, asker }) => batches.resume(params.id, asker.name),
      cancelBatch: ({ params, asker }) => batches.cancel(params.id, asker.name),
      listDeliveries: ({ query }) => listDeliveries(query, context),
      destinations: () => destinationStates(context, forwarders),
      retryDeliveries: ({ body, asker }) => retryDeliveries(body, asker, { context, destinations: forwarders }),
      audit: ({ query, asker }) => auditTrail(query, asker, context),
    },
    bytes: {
      picturePixels: async ({ asker, ...picture }) => {
        const [instance] = await instancesByIds(context.db, [picture.instanceId]);
        if (instance !== undefined) await viewed(instance.seriesId, asker);
        return picturePixels(picture, context);
      },
      batchResults: ({ batchId }) => batchResultsCsv(batchId, context),
    },
  };
}

/** Puts on record that somebody looks at a series, before anything of it is shown. */
function viewsOnRecord(context: NodeContext): (seriesId: number, asker: Asker) => Promise<void> {
  return async (seriesId, asker) => {
    const [series] = await seriesByIds(context.db, [seriesId]);
    if (series === undefined) return;
    const { studyInstanceUid: study, seriesInstanceUid } = series;
    await recordRead({ asker, event: 'series-viewed', study, series: seriesInstanceUid }, context);
  };
}
