import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dimseDestination } from '../../src/dimse/storage-scu.ts';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import { part10Of, writePart10 } from '../support/part10-files.ts';
import { recordedLog } from '../support/recorded-log.ts';
import type { RunningNode } from '../support/running-node.ts';
import { multipart, post, storedUids } from '../support/stow-request.ts';

export interface Sent {
  /** SOP Instance UIDs that the node said it has. */
  readonly acknowledged: readonly string[];
  /** From before the association, or the request, to its end. */
  readonly seconds: number;
}

/** By C-STORE, on an association of its own. What is not acknowledged is not told: the node may go away at any moment. */
export async function sendByStore(
  node: Pick<RunningNode, 'dimsePort'>,
  instances: readonly PhantomInstance[],
  folder: string,
): Promise<Sent> {
  const here = join(folder, `${instances[0]?.studyInstanceUid}`);
  const files = await writePart10(instances, here);
  const batch = instances.map((one, i) => ({
    ...one,
    file: files[i] ?? '',
    dataSetLength: one.dataSet.length,
    dataSetOffset: part10Of(one).length - one.dataSet.length,
    callingAeTitle: 'SCANNER',
  }));
  const scanner = dimseDestination({
    name: 'node',
    host: '127.0.0.1',
    port: node.dimsePort,
    calledAeTitle: 'CMR_NODE',
    callingAeTitle: 'SCANNER',
    concurrency: 1,
    timeouts: { responseSeconds: 30 },
    log: recordedLog(),
  });
  const acknowledged: string[] = [];
  const began = performance.now();
  const told = (index: number, { stored }: { readonly stored: boolean }): void => {
    const uid = instances[index]?.sopInstanceUid;
    if (stored && uid !== undefined) acknowledged.push(uid);
  };
  await scanner.deliver(batch, told).catch(() => undefined);
  const seconds = (performance.now() - began) / 1000;
  await scanner.close();
  await rm(here, { recursive: true, force: true });
  return { acknowledged, seconds };
}

/** By STOW-RS, in one request. */
export async function sendByStow(
  { httpUrl, token }: Pick<RunningNode, 'httpUrl' | 'token'>,
  instances: readonly PhantomInstance[],
): Promise<Sent> {
  const began = performance.now();
  const body = multipart(instances.map(part10Of));
  const answer = await post(`${httpUrl}/dicomweb/studies`, body, { Authorization: `Bearer ${token}` }).catch(
    () => undefined,
  );
  const acknowledged = storedUids(answer?.json ?? {}).filter((uid) => typeof uid === 'string');
  return { acknowledged, seconds: (performance.now() - began) / 1000 };
}
