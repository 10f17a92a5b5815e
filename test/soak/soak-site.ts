import { join } from 'node:path';
import { openDatabase } from '../../src/store/database.ts';
import { UnsteadyArchive } from '../chaos/unsteady-archive.ts';
import { type Storescp, startStorescp } from '../dimse/dcmtk.ts';
import { eventually } from '../support/eventually.ts';
import { type NodeSite, nodeSite, type RunningNode } from '../support/running-node.ts';

/** So long at most may it take until all is decided and sent, once nothing more comes. */
const SETTLE_MILLISECONDS = 180_000;

/** A node's place with one archive, whose network may be away. */
export interface SoakSite {
  readonly site: NodeSite;
  readonly archive: UnsteadyArchive;
  readonly archiveFolder: string;
  readonly close: () => Promise<void>;
}

/** `dataDir`: where the node keeps everything; by default in its own folder, which goes when it is closed. */
export async function soakSite({ dataDir }: { readonly dataDir?: string } = {}): Promise<SoakSite> {
  const site = await nodeSite();
  const storescp: Storescp = await startStorescp(join(site.folder, 'archive'));
  const archive = await UnsteadyArchive.before(storescp);
  const timeouts = { connectSeconds: 2, associationSeconds: 5, responseSeconds: 20, idleReleaseSeconds: 1 };
  const pacs = { type: 'dimse', host: '127.0.0.1', port: archive.port, calledAeTitle: 'ARCHIVE', timeouts };
  await site.configure({
    ...(dataDir === undefined ? {} : { dataDir }),
    series: { quietSeconds: 1, maxWaitSeconds: 60 },
    destinations: [{ ...pacs, name: 'pacs', concurrency: 2, default: true }],
  });
  return {
    site,
    archive,
    archiveFolder: storescp.folder,
    close: async () => {
      await archive.stop();
      await storescp.stop();
      await site.remove();
    },
  };
}

/** Everything that was received is decided, and everything for the archive is there. */
export async function settled(dataDir: string): Promise<void> {
  const db = await openDatabase({ file: join(dataDir, 'node.sqlite'), access: 'reader' });
  try {
    await eventually(
      async () => {
        const [row] = await db.all<{ undecided: number; pending: number }>(
          `select (select count(*) from instances where state = 'undecided') as undecided,
            (select coalesce(sum(deliveries), 0) from delivery_counts
              where state = 'pending' and destination = 'pacs') as pending`,
        );
        return row;
      },
      (row) => row !== undefined && row.undecided + row.pending === 0,
      { what: 'everything to be decided and sent', milliseconds: SETTLE_MILLISECONDS },
    );
  } finally {
    await db.close();
  }
}

/** A request to the JSON interface of the node; a refusal is an error. */
export async function ask(node: Pick<RunningNode, 'httpUrl' | 'token'>, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${node.httpUrl}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${node.token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
