import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { CatalogueKeeper } from '../../src/app/catalogue-keeper.ts';
import { retainedInstances } from '../../src/app/retained-instances.ts';
import { dicomWebRouter } from '../../src/dicomweb/dicomweb-router.ts';
import { problemHandler } from '../../src/http/problem.ts';
import { RecordingArchive, RunningApp, type Sent, ToldClassifier, temporaryFolder } from './running-app.ts';

/** The DICOMweb side of an app that has received something, without ports for anything else. */
export interface ServedStudy {
  readonly url: string;
  readonly app: RunningApp;
  readonly folder: string;
  readonly archive: RecordingArchive;
  readonly classifier: ToldClassifier;
  /** Sends instances and waits until they are decided and delivered. */
  receive(instances: readonly Sent[]): Promise<void>;
  get(path: string, accept?: string): Promise<Response>;
  stop(): Promise<void>;
}

export async function servedStudy(): Promise<ServedStudy> {
  const folder = await temporaryFolder();
  const archive = new RecordingArchive();
  const classifier = new ToldClassifier();
  const app = await RunningApp.start({ folder: folder.path, classifier, archives: [archive] });
  const keeper = new CatalogueKeeper(app.context);
  const retained = retainedInstances(app.context, keeper);
  const web = express();
  web.disable('etag');
  web.use('/dicomweb', dicomWebRouter({ intake: app.spool, retained, log: app.log }));
  web.use(problemHandler(app.log));
  const server: Server = createServer(web);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicomweb`;
  return {
    url,
    app,
    folder: folder.path,
    archive,
    classifier,
    receive: async (instances) => {
      await app.receive(instances);
      await app.settled();
    },
    get: (path, accept) => fetch(url + path, accept === undefined ? {} : { headers: { Accept: accept } }),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await keeper.close();
      await app.close();
      await folder.remove();
    },
  };
}

/** The bodies of the parts of a multipart answer, and their content types. */
export async function partsOf(answer: Response): Promise<readonly { readonly type: string; readonly body: Buffer }[]> {
  const boundary = /boundary="?([^";]+)"?/.exec(answer.headers.get('content-type') ?? '')?.[1];
  const bytes = Buffer.from(await answer.arrayBuffer());
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: { type: string; body: Buffer }[] = [];
  for (let at = bytes.indexOf(delimiter); ; ) {
    const start = at + delimiter.length;
    if (bytes.toString('latin1', start, start + 2) === '--') return parts;
    const next = bytes.indexOf(delimiter, start);
    if (at === -1 || next === -1) throw new Error('the multipart answer has no end');
    const headEnd = bytes.indexOf('\r\n\r\n', start);
    const type = /content-type: (.*)/i.exec(bytes.toString('latin1', start, headEnd))?.[1] ?? '';
    parts.push({ type, body: bytes.subarray(headEnd + 4, next - 2) });
    at = next;
  }
}
