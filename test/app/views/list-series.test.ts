import { expect, test } from 'vitest';
import { type SeriesPage, seriesPage, seriesQuery } from '../../../src/api/series.ts';
import { listSeries } from '../../../src/app/views/list-series.ts';
import { temporaryDatabase } from '../../store/temporary-database.ts';
import { insertManySeries } from '../../support/many-series.ts';

const UNTIL = Date.UTC(2026, 0, 15, 12);

test('every line of the list is as the interface says, with what the headers and the decision say', async () => {
  const db = await temporaryDatabase();
  await insertManySeries(db, { count: 450, until: UNTIL, days: 10, receiving: 2 });
  const page: SeriesPage = seriesPage.parse(await listSeries(seriesQuery.parse({ limit: '500' }), { db }));
  expect(page).toMatchObject({ total: 450, totalIsLeast: false, next: null });
  expect(page.items[0]).toMatchObject({
    id: 450,
    version: '0.0',
    state: 'receiving',
    receivedAt: '2026-01-15T12:00:00.000Z',
    kind: null,
    instances: 1,
    decision: null,
    confidence: null,
    reviewNeeded: false,
    delivery: 'none',
  });
  expect(page.items.find(({ id }) => id === 2)).toEqual({
    id: 2,
    version: '2.1',
    studyInstanceUid: '1.2.826.0.1.3680043.8.498.77.0',
    seriesInstanceUid: '1.2.826.0.1.3680043.8.498.77.0.2',
    state: 'decided',
    receivedAt: expect.stringMatching(/^2026-01-05T/),
    lastReceivedAt: expect.stringMatching(/^2026-01-05T/),
    patient: { name: 'Garcia^Ana^0', id: 'P0' },
    studyDate: '20260105',
    accessionNumber: 'A0',
    seriesNumber: 2,
    seriesDescription: 'cine SAX',
    scanner: { callingAeTitle: 'MR_ROOM_1', stationName: 'MRC1', manufacturer: 'SIEMENS', modelName: 'MAGNETOM Aera' },
    kind: 'cine',
    instances: 1,
    decision: 'pass-through',
    mode: 'standardize',
    observedCode: expect.stringMatching(/^[01]{3}$/),
    correction: null,
    confidence: expect.closeTo(0.976, 3),
    metricReason: 'contradiction',
    flags: ['contradiction'],
    modelVersion: '0.1.0',
    review: { act: 'approve', by: 'j.doe', at: expect.stringMatching(/^2026-01-05T/) },
    reviewNeeded: false,
    delivery: 'delivered',
  });
  const waiting = page.items.find(({ reviewNeeded }) => reviewNeeded);
  expect(waiting).toMatchObject({ review: null, version: `${waiting?.id}.0` });
});
