import { DEFAULT_THRESHOLDS } from '../../src/core/decision/thresholds.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import type { NewDecision } from '../../src/store/decisions.ts';
import { type InstanceRecord, insertInstances, type NewInstance } from '../../src/store/instances.ts';
import type { NewDelivery } from '../../src/store/outbox.ts';
import { recordArrivals, type SeriesRecord } from '../../src/store/series.ts';

export const NOON = Date.UTC(2026, 0, 15, 12);
export const STUDY = '1.2.826.0.1.3680043.8.498.1';

/** The n-th instance of a series; its file and SOP Instance UID follow from the series and n. */
export function newInstance(series: SeriesRecord, n: number, overrides: Partial<NewInstance> = {}): NewInstance {
  return {
    sopInstanceUid: `${series.seriesInstanceUid}.${n}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    studyInstanceUid: series.studyInstanceUid,
    seriesInstanceUid: series.seriesInstanceUid,
    frameOfReferenceUid: `${STUDY}.99`,
    callingAeTitle: 'SCANNER',
    calledAeTitle: 'CMR_NODE',
    via: 'dimse',
    receivedAt: NOON + n,
    file: `received/${series.seriesInstanceUid}/${n}-${overrides.dataSetSha256 ?? 'a'}.dcm`,
    dataSetOffset: 350,
    dataSetLength: 131_072,
    dataSetSha256: 'a'.repeat(64),
    pixelSha256: 'b'.repeat(64),
    header: { modality: 'MR', imageOrientationPatient: [0.71, 0.7, -0.03, -0.31, 0.27, -0.91] },
    seriesId: series.id,
    state: 'undecided',
    flags: [],
    ...overrides,
  };
}

export async function newSeries(tx: Transaction, n = 1, studyInstanceUid = STUDY): Promise<SeriesRecord> {
  const [series] = await recordArrivals(tx, [
    { studyInstanceUid, seriesInstanceUid: `${studyInstanceUid}.${n}`, part: 'cine', receivedAt: NOON },
  ]);
  return series!;
}

/** A series of `count` instances that is being received. */
export function receivedSeries(
  database: Database,
  count: number,
  n = 1,
): Promise<{ series: SeriesRecord; instances: readonly InstanceRecord[] }> {
  return database.transaction(async (tx) => {
    const series = await newSeries(tx, n);
    const rows = Array.from({ length: count }, (_, index) => newInstance(series, index + 1));
    return { series, instances: await insertInstances(tx, rows) };
  });
}

export function newDelivery(instance: InstanceRecord, overrides: Partial<NewDelivery> = {}): NewDelivery {
  return {
    destination: 'archive',
    instanceId: instance.id,
    resultId: null,
    purpose: 'result',
    sopInstanceUid: instance.sopInstanceUid,
    sopClassUid: instance.sopClassUid,
    transferSyntaxUid: instance.transferSyntaxUid,
    file: instance.file,
    dataSetOffset: instance.dataSetOffset,
    dataSetLength: instance.dataSetLength,
    callingAeTitle: instance.callingAeTitle,
    queuedAt: NOON,
    ...overrides,
  };
}

/** What goes with the reason of a try that failed. */
export const FAILURE = { cause: 'out-of-resources', causeFailures: 1 } as const;

export function newDecision(seriesId: number, overrides: Partial<NewDecision> = {}): NewDecision {
  return {
    seriesId,
    stackGroupId: null,
    decidedAt: NOON,
    decision: 'pass-through',
    mode: 'standardize',
    observedCode: null,
    correction: null,
    kind: 'cine',
    reason: 'The picture is standard already.',
    metricReason: 'standard',
    flags: [],
    probabilities: null,
    sax: null,
    angleDegrees: null,
    angleDifferenceDegrees: null,
    header: null,
    thresholds: DEFAULT_THRESHOLDS,
    modelName: null,
    modelVersion: null,
    modelSha256: null,
    provider: null,
    softwareVersion: '0.1.0',
    supersedes: null,
    method: 'reorient',
    byPerson: null,
    evidence: null,
    manifestSha256: null,
    derivation: null,
    ...overrides,
  };
}
