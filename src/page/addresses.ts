import type { ENDPOINTS, EndpointName } from '../api/endpoints.ts';

type Table = typeof ENDPOINTS;

/**
 * Method and path of each endpoint below `/api/v1`. A second copy on purpose: the first one is made with a validator that
 * a browser need not load. One that differs from it, or is missing, does not compile.
 */
export const ADDRESSES = {
  overview: 'GET /overview',
  listSeries: 'GET /series',
  series: 'GET /series/{id}',
  seriesPictures: 'GET /series/{id}/pictures',
  attributeChanges: 'GET /series/{id}/instances/{instance}/changes',
  previewAct: 'POST /acts/preview',
  act: 'POST /acts',
  listBatches: 'GET /batches',
  createBatch: 'POST /batches',
  batch: 'GET /batches/{id}',
  batchSeries: 'GET /batches/{id}/series',
  pauseBatch: 'POST /batches/{id}/pause',
  resumeBatch: 'POST /batches/{id}/resume',
  cancelBatch: 'POST /batches/{id}/cancel',
  listDeliveries: 'GET /deliveries',
  destinations: 'GET /destinations',
  retryDeliveries: 'POST /deliveries/retry',
  audit: 'GET /audit',
} as const satisfies { readonly [Name in EndpointName]: `${Table[Name]['method']} ${Table[Name]['path']}` };
