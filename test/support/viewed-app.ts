import type { OrientationCode } from '../../src/core/orientation/d4.ts';
import {
  type AppOptions,
  RecordingArchive,
  RunningApp,
  type Sent,
  ToldClassifier,
  temporaryFolder,
} from './running-app.ts';

/** An app that received something, for who looks at what it did. */
export interface ViewedApp {
  readonly app: RunningApp;
  readonly archive: RecordingArchive;
  readonly other: RecordingArchive;
  readonly classifier: ToldClassifier;
  /** Tells the recogniser what these show, sends them, and waits until they are decided and delivered. */
  receive(instances: readonly Sent[], code?: OrientationCode): Promise<void>;
  /** Id of the series with this UID as received. */
  seriesId(seriesInstanceUid: string): Promise<number>;
  stop(): Promise<void>;
}

export async function viewedApp(options: Partial<AppOptions> = {}): Promise<ViewedApp> {
  const folder = await temporaryFolder();
  const archive = new RecordingArchive('archive');
  const other = new RecordingArchive('other');
  const classifier = new ToldClassifier();
  const settings = { destinations: [archive.name], uidPolicy: 'derive', archiveOriginals: false } as const;
  const app = await RunningApp.start({
    folder: folder.path,
    classifier,
    archives: [archive, other],
    ...options,
    settings: { routeDefaults: { mode: 'standardize', ...settings }, ...options.settings },
  });
  const viewed: ViewedApp = {
    app,
    archive,
    other,
    classifier,
    receive: async (instances, code) => {
      if (code !== undefined) classifier.tell(instances, code);
      await app.receive(instances);
      await app.settled();
    },
    seriesId: async (seriesInstanceUid) => {
      const rows = await app.db.all<{ id: number }>('select id from series where series_instance_uid = ?', [
        seriesInstanceUid,
      ]);
      if (rows.length !== 1) throw new Error(`${rows.length} series of this UID`);
      return rows[0]!.id;
    },
    stop: async () => {
      await app.close();
      await folder.remove();
    },
  };
  return viewed;
}
