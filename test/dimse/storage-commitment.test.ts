import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { association, requests, responses } from 'dcmjs-dimse';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  CommitmentReport,
  CommitmentRequest,
  CommitmentService,
  ReferencedInstance,
} from '../../src/app/ports.ts';
import { NodeError } from '../../src/core/errors.ts';
import { ExactCommandSet } from '../../src/dimse/command-set.ts';
import { encodeCommitmentList, parseCommitmentList } from '../../src/dimse/commitment-data-set.ts';
import { askForCommitment, type CommitmentCall, reportCommitment } from '../../src/dimse/commitment-scu.ts';
import { responses as answers, requests as commands, constants, Dataset, Scp } from '../../src/dimse/dimse-library.ts';
import { type StorageScp, startStorageScp } from '../../src/dimse/storage-scp.ts';
import { DEFAULT_DIMSE_TIMEOUTS } from '../../src/dimse/storage-scu.ts';
import { eventually } from '../support/eventually.ts';
import { fileIntake } from '../support/file-intake.ts';
import { freePort } from '../support/free-port.ts';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { MR_IMAGE_STORAGE, part10Sample } from '../support/part10-sample.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { associated, commandShort, MR_CONTEXT, pData } from './raw-peer.ts';

const COMMITMENT = '1.2.840.10008.1.20.1';
const IMPLICIT = '1.2.840.10008.1.2';

let folder: string;
let node: StorageScp | undefined;
let log: ReturnType<typeof recordedLog>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-commitment-'));
  log = recordedLog();
});

afterEach(async () => {
  await node?.close();
  node = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function nodeWith(commitment: CommitmentService, port = 0): Promise<number> {
  const intake = await fileIntake(join(folder, 'intake'));
  node = await startStorageScp({
    host: '127.0.0.1',
    port,
    aeTitle: 'CMR_NODE',
    allowedCallers: ['*'],
    intake,
    commitment,
    log,
  });
  return node.port;
}

function callTo(port: number): CommitmentCall {
  const peer = { name: 'peer', host: '127.0.0.1', port, calledAeTitle: 'CMR_NODE', callingAeTitle: 'CMR_NODE' };
  return { peer, times: DEFAULT_DIMSE_TIMEOUTS };
}

/** Asks, and keeps what is reported over the same association. */
function asked(call: CommitmentCall, request: CommitmentRequest, reports: CommitmentReport[] = []): Promise<void> {
  return askForCommitment(call, request, { takeReport: async (report) => void reports.push(report), log });
}

function instances(count: number, from = 0): ReferencedInstance[] {
  return Array.from({ length: count }, (_, i) => ({
    sopClassUid: MR_IMAGE_STORAGE,
    sopInstanceUid: `1.2.3.${from + i}`,
  }));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof NodeError ? error.code : String(error)),
  );
}

describe('a list of references', () => {
  test('is read as it was written, whatever is in it', () => {
    const some = instances(3);
    const failed = instances(2, 10).map((one, i) => ({ ...one, reason: i === 0 ? 0x0110 : 0x0112 }));
    for (const list of [
      { transactionUid: '2.25.1', committed: some, failed: [] },
      { transactionUid: '2.25.12', committed: [], failed },
      { transactionUid: '2.25.1', committed: some, failed },
    ]) {
      expect(parseCommitmentList(encodeCommitmentList(list), IMPLICIT)).toEqual(list);
    }
  });

  test('that names no transaction, or is cut short, is refused', () => {
    const list = encodeCommitmentList({ transactionUid: '2.25.1', committed: instances(2), failed: [] });
    expect(() => parseCommitmentList(list.subarray(14), IMPLICIT)).toThrow('without a Transaction UID');
    expect(() => parseCommitmentList(list.subarray(0, -3), IMPLICIT)).toThrow(NodeError);
  });
});

describe('storage commitment between nodes', () => {
  test('a request with thousands of references arrives whole, from whom it came', async () => {
    const taken: unknown[] = [];
    const port = await nodeWith({ takeRequest: async (request) => void taken.push(request) });
    const request = { transactionUid: '2.25.77', instances: instances(3_000) };
    await asked(callTo(port), request);
    expect(taken).toEqual([{ ...request, callingAeTitle: 'CMR_NODE' }]);
  });

  test('a report comes over an association whose requestor is the SCP', async () => {
    const taken: CommitmentReport[] = [];
    const port = await nodeWith({ takeReport: async (report) => void taken.push(report) });
    const report = {
      transactionUid: '2.25.78',
      committed: instances(2),
      failed: [{ ...instances(1, 9)[0]!, reason: 0x0112 }],
    };
    await reportCommitment(callTo(port), report);
    expect(taken).toEqual([report]);
  });

  test('is answered only once it is durable, and with a failure where it is not', async () => {
    let durable = false;
    const port = await nodeWith({
      takeReport: async () => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        durable = true;
      },
      takeRequest: async () => {
        throw new NodeError('database-failed', 'the disk is gone');
      },
    });
    await reportCommitment(callTo(port), { transactionUid: '2.25.1', committed: instances(1), failed: [] });
    expect(durable).toBe(true);
    const request = asked(callTo(port), { transactionUid: '2.25.1', instances: instances(1) });
    await expect(request).rejects.toThrow('peer refused a storage commitment: processing failure (0110)');
  });

  test('is refused as an abstract syntax where this node takes no part in it', async () => {
    const port = await nodeWith({});
    const request = asked(callTo(port), { transactionUid: '2.25.1', instances: instances(1) });
    expect(await codeOf(request)).toBe('destination-refused');
    await expect(request).rejects.toThrow('does not take part in storage commitment');
  });

  test('a peer that may only report may not ask, and the other way round', async () => {
    const port = await nodeWith({ takeReport: async () => undefined });
    const request = asked(callTo(port), { transactionUid: '2.25.1', instances: instances(1) });
    expect(await codeOf(request)).toBe('destination-refused');
  });

  test('an archive may report over the association of the request', async () => {
    const list = { transactionUid: '2.25.5', committed: instances(2), failed: [] };
    const archive = createServer((socket) => new SameAssociationArchive(socket, list)).listen(0, '127.0.0.1');
    await once(archive, 'listening');
    const reports: CommitmentReport[] = [];
    const call = callTo((archive.address() as AddressInfo).port);
    await asked(call, { transactionUid: '2.25.5', instances: instances(2) }, reports);
    expect(reports).toEqual([list]);
    expect(SameAssociationArchive.answered).toBe(0);
    archive.close();
  });

  test('a list that is garbage, and one in a context for images, are no end of the node', async () => {
    const port = await nodeWith({ takeRequest: async () => undefined });
    const context = { id: 3, abstractSyntax: COMMITMENT, transferSyntaxes: [IMPLICIT] };
    const peer = await associated(port, { called: 'CMR_NODE', contexts: [MR_CONTEXT, context] });
    peer.send(pData(3, { command: true, last: true }, actionCommand()));
    peer.send(pData(3, { command: false, last: true }, Buffer.from('08009511ffffff7f2e', 'hex')));
    const answer = await peer.nextPdu();
    expect(answer?.[0] === 7 || commandShort(answer, 0x0900) !== 0).toBe(true);
    const other = await associated(port, { called: 'CMR_NODE', contexts: [MR_CONTEXT, context] });
    other.send(pData(1, { command: true, last: true }, actionCommand()));
    expect((await other.nextPdu())?.[0]).toBe(7);
    await asked(callTo(port), { transactionUid: '2.25.1', instances: instances(1) });
  });
});

/** Answers an N-ACTION, and reports at once over the same association. */
class SameAssociationArchive extends Scp {
  static answered: number | undefined;
  readonly #list: CommitmentReport;

  constructor(socket: Socket, list: CommitmentReport) {
    super(socket);
    this.#list = list;
  }

  override associationRequested(requested: association.Association): void {
    for (const { context } of requested.getPresentationContexts()) {
      context.setResult(constants.PresentationContextResult.Accept, IMPLICIT);
    }
    this.sendAssociationAccept();
  }

  override nActionRequest(
    request: requests.NActionRequest,
    respond: (response: responses.NActionResponse) => void,
  ): void {
    const response = answers.NActionResponse.fromRequest(request);
    response.setStatus(0);
    respond(response);
    const report = new commands.NEventReportRequest(COMMITMENT, `${COMMITMENT}.1`, 1);
    const ReferencedSOPSequence = this.#list.committed.map(({ sopClassUid, sopInstanceUid }) => ({
      ReferencedSOPClassUID: sopClassUid,
      ReferencedSOPInstanceUID: sopInstanceUid,
    }));
    report.setDataset(new Dataset({ TransactionUID: this.#list.transactionUid, ReferencedSOPSequence }, IMPLICIT));
    report.on('response', (answer: responses.NEventReportResponse) => {
      SameAssociationArchive.answered = answer.getStatus();
    });
    this.sendRequests(report);
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
  }
}

function actionCommand(): Buffer {
  return new ExactCommandSet({
    CommandField: 0x0130,
    MessageID: 5,
    CommandDataSetType: 0x0102,
    RequestedSOPClassUID: COMMITMENT,
    RequestedSOPInstanceUID: '1.2.840.10008.1.20.1.1',
    ActionTypeID: 1,
  }).getDenaturalizedCommandDataset();
}

describe.skipIf(requireOrthanc() === undefined)('storage commitment with Orthanc', () => {
  let orthanc: Orthanc | undefined;

  afterEach(async () => {
    await orthanc?.stop();
    orthanc = undefined;
  });

  test('Orthanc as the archive answers what it was asked, instance by instance', async () => {
    const taken: CommitmentReport[] = [];
    const port = await nodeWith({ takeReport: async (report) => void taken.push(report) }, await freePort());
    orthanc = await startOrthanc({ settings: { DicomModalities: { node: ['CMR_NODE', '127.0.0.1', port] } } });
    const sample = part10Sample({ number: 1 });
    await orthanc.rest('/instances', { method: 'POST', body: sample.file });
    const held = { sopClassUid: MR_IMAGE_STORAGE, sopInstanceUid: sample.sopInstanceUid };
    const [unknown] = instances(1, 500);
    await asked(callTo(orthanc.dimsePort), { transactionUid: '2.25.4711', instances: [held, unknown!] });
    await eventually(
      () => taken.length,
      (count) => count > 0,
      { what: 'the answer of Orthanc' },
    );
    expect(taken[0]).toEqual({
      transactionUid: '2.25.4711',
      committed: [held],
      failed: [{ ...unknown, reason: 0x0112 }],
    });
  });

  test('Orthanc as the scanner asks, and takes the report', async () => {
    const taken: { transactionUid: string; instances: readonly ReferencedInstance[] }[] = [];
    const port = await nodeWith({ takeRequest: async (request) => void taken.push(request) }, await freePort());
    orthanc = await startOrthanc({ settings: { DicomModalities: { node: ['CMR_NODE', '127.0.0.1', port] } } });
    const [one, two] = instances(2) as [ReferencedInstance, ReferencedInstance];
    const body = JSON.stringify({ DicomInstances: [one, two].map((x) => [x.sopClassUid, x.sopInstanceUid]) });
    const asked = await orthanc.rest('/modalities/node/storage-commitment', { method: 'POST', body });
    const { ID } = (await asked.json()) as { ID: string };
    expect(taken).toEqual([{ transactionUid: ID, callingAeTitle: 'ORTHANC', instances: [one, two] }]);
    await reportCommitment(callTo(orthanc.dimsePort), {
      transactionUid: ID,
      committed: [one],
      failed: [{ ...two, reason: 0x0110 }],
    });
    const told = (await (await orthanc.rest(`/storage-commitment/${ID}`)).json()) as { Status: string };
    expect(told).toMatchObject({
      Status: 'Failure',
      Success: [{ SOPInstanceUID: one.sopInstanceUid }],
      Failures: [{ SOPInstanceUID: two.sopInstanceUid }],
    });
  });
});
