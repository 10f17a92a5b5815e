import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { shortAxis } from '../support/made-up-series.ts';
import { type Orthanc, requireOrthanc, startOrthanc } from '../support/orthanc.ts';
import { part10Of } from '../support/part10-files.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

interface Told {
  readonly Status: 'Pending' | 'Success' | 'Failure';
  readonly Success: readonly { readonly SOPInstanceUID: string }[];
  readonly Failures: readonly { readonly SOPInstanceUID: string }[];
}

describe.skipIf(requireOrthanc() === undefined)(
  'storage commitment from a scanner through the node to an archive',
  () => {
    let site: NodeSite;
    let node: RunningNode | undefined;
    let scanner: Orthanc;
    let archive: Orthanc;

    beforeEach(async () => {
      const port = await freePort();
      const modality = { DicomModalities: { node: ['CMR_NODE', '127.0.0.1', port] } };
      [scanner, archive] = await Promise.all([
        startOrthanc({ settings: { ...modality, DicomAet: 'SCANNER' } }),
        startOrthanc({ settings: modality }),
      ]);
      site = await nodeSite({
        dimse: {
          port,
          aeTitle: 'CMR_NODE',
          commitment: 'relay',
          peers: [{ aeTitle: 'SCANNER', host: '127.0.0.1', port: scanner.dimsePort }],
        },
        destinations: [
          {
            name: 'archive',
            type: 'dimse',
            host: '127.0.0.1',
            port: archive.dimsePort,
            calledAeTitle: archive.aeTitle,
            default: true,
            storageCommitment: { request: true, groupSeconds: 2 },
          },
        ],
      });
      node = await site.start();
    });

    afterEach(async () => {
      await node?.kill();
      await Promise.all([site?.remove(), scanner?.stop(), archive?.stop()]);
    });

    /** Sends a series that is turned, and gives the ids of its instances at the scanner. */
    async function sendSeries(): Promise<string> {
      for (const instance of shortAxis('commitment', { code: '011' })) {
        await scanner.rest('/instances', { method: 'POST', body: part10Of(instance) });
      }
      const ids = await (await scanner.rest('/instances')).text();
      expect((await scanner.rest('/modalities/node/store', { method: 'POST', body: ids })).status).toBe(200);
      return ids;
    }

    /** What the scanner was told about the instances that it holds and sent. */
    async function told(id: string): Promise<Told> {
      return (await (await scanner.rest(`/storage-commitment/${id}`)).json()) as Told;
    }

    it('delivers again, under the same UID and byte for byte, what the archive took and lost', async () => {
      await sendSeries();
      const sent = (await scanner.sopInstanceUids()).length;
      await eventually(
        () => archive.count(),
        (count) => count === sent,
        { what: 'the series at the archive' },
      );
      const [lost] = await archive.sopInstanceUids();
      const before = await archive.fetchFile(lost!);
      const lookup = await archive.rest('/tools/lookup', { method: 'POST', body: lost! });
      const found = (await lookup.json()) as { ID: string; Type: string }[];
      const { ID } = found.find(({ Type }) => Type === 'Instance')!;
      expect((await archive.rest(`/instances/${ID}`, { method: 'DELETE' })).status).toBe(200);
      await eventually(
        () => archive.sopInstanceUids(),
        (uids) => uids.includes(lost!),
        { what: 'the lost instance' },
      );
      expect((await archive.fetchFile(lost!)).equals(before)).toBe(true);
      const answered = node?.log().filter(({ event }) => event === 'storage-commitment-answered');
      expect(answered).toMatchObject([{ failed: 1 }]);
    }, 60_000);

    it('tells the scanner by its own UIDs what the archive committed to, over a restart, although the series was turned', async () => {
      for (const instance of shortAxis('commitment', { code: '011' })) {
        await scanner.rest('/instances', { method: 'POST', body: part10Of(instance) });
      }
      const sent = await scanner.sopInstanceUids();
      const ids = await (await scanner.rest('/instances')).text();
      expect((await scanner.rest('/modalities/node/store', { method: 'POST', body: ids })).status).toBe(200);
      const body = JSON.stringify({ Resources: JSON.parse(ids) as string[] });
      const asked = await scanner.rest('/modalities/node/storage-commitment', { method: 'POST', body });
      const { ID } = (await asked.json()) as { ID: string };
      expect((await told(ID)).Status).toBe('Pending');
      // Killed with the order open: whatever was delivered or asked by then is found again.
      await node?.kill();
      node = await site.start();
      const answer = await eventually(
        () => told(ID),
        ({ Status }) => Status !== 'Pending',
        { what: 'the report', milliseconds: 40_000 },
      );
      expect(answer.Status).toBe('Success');
      expect(answer.Success.map(({ SOPInstanceUID }) => SOPInstanceUID).sort()).toEqual(sent);
      const held = await archive.sopInstanceUids();
      expect(held).toHaveLength(sent.length);
      expect(held.filter((uid) => sent.includes(uid))).toEqual([]);
    }, 90_000);
  },
);
