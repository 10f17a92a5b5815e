import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { AnnouncedInstance, EventLog, Intake, Reception } from '../app/ports.ts';
import type { InstanceHeader } from '../core/attributes/instance-header.ts';
import { NodeError } from '../core/errors.ts';
import { DirectorySync, makeDurableDirectory } from './directory-sync.ts';
import { DiskGuard } from './disk-guard.ts';
import { spoolFiles } from './spool-files.ts';
import { SpoolReception } from './spool-reception.ts';

/** An instance that is durable in the spool. */
export interface KeptInstance {
  readonly announced: AnnouncedInstance;
  readonly header: InstanceHeader;
  readonly receivedAt: number;
  /** Path below the spool directory. Names sort in order of arrival. */
  readonly file: string;
  readonly dataSetOffset: number;
  readonly dataSetLength: number;
  readonly dataSetSha256: string;
  readonly pixelSha256: string | null;
}

export interface SpoolOptions {
  readonly directory: string;
  readonly quarantineDirectory: string;
  /** Below this free space nothing more is accepted. */
  readonly reserveBytes: number;
  readonly log: EventLog;
  readonly now: () => number;
  /** Called, in order of arrival, when an instance has become durable and before success is answered. */
  readonly onKept: (kept: KeptInstance) => void;
  /** Called when bytes were refused and kept in quarantine. */
  readonly onRefused: (announced: AnnouncedInstance, error: NodeError) => void;
}

/** Names of files that are not finished; removed at start, because nothing was promised for them. */
const UNFINISHED = 'unfinished';

/** Bytes in, durable files out: file synced, renamed, directory synced, and only then is a reception finished. */
export class InstanceSpool implements Intake {
  readonly options: SpoolOptions;
  readonly directories = new DirectorySync();
  readonly #guard: DiskGuard;
  #counter = 0;
  #folder: { readonly path: string; readonly made: Promise<void> } | undefined;

  private constructor(options: SpoolOptions) {
    this.options = options;
    this.#guard = new DiskGuard(options.directory, options.reserveBytes);
  }

  /** @throws NodeError storage-failed */
  static async open(options: SpoolOptions): Promise<InstanceSpool> {
    try {
      await rm(join(options.directory, UNFINISHED), { recursive: true, force: true });
      await makeDurableDirectory(options.directory);
      await mkdir(join(options.directory, UNFINISHED), { recursive: true, mode: 0o700 });
      await mkdir(options.quarantineDirectory, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new NodeError('storage-failed', 'the spool cannot be opened', { cause });
    }
    return new InstanceSpool(options);
  }

  async open(announced: AnnouncedInstance): Promise<Reception> {
    await this.#guard.assertRoom();
    return new SpoolReception(this, announced);
  }

  get hasRoom(): Promise<boolean> {
    return this.#guard.assertRoom().then(
      () => true,
      () => false,
    );
  }

  unfinishedPath(): string {
    return join(this.options.directory, UNFINISHED, randomUUID());
  }

  /**
   * A name that sorts by arrival, in a folder for the hour. UIDs are hashed: they come from outside and never become
   * part of a path.
   */
  async place(sopInstanceUid: string, receivedAt: number): Promise<{ readonly folder: string; readonly path: string }> {
    const hour = new Date(receivedAt).toISOString().slice(0, 13).replace(/[-T]/g, '');
    const folder = join(this.options.directory, hour);
    await this.#makeFolder(folder);
    const counter = String(this.#counter++ % 1e6).padStart(6, '0');
    const hash = createHash('sha256').update(sopInstanceUid).digest('hex').slice(0, 16);
    return { folder, path: join(folder, `${String(receivedAt).padStart(14, '0')}-${counter}-${hash}.dcm`) };
  }

  /**
   * One call of the disk for each hour, however many instances come at once: none may be answered before the name of
   * its folder is durable. An earlier run may have ended between making the folder and that, so that each run sees to it.
   */
  #makeFolder(folder: string): Promise<void> {
    if (this.#folder?.path !== folder) {
      const made = makeDurableDirectory(folder);
      this.#folder = { path: folder, made };
      // After a full disk, the next instance tries again.
      made.catch(() => {
        if (this.#folder?.made === made) this.#folder = undefined;
      });
    }
    return this.#folder.made;
  }

  relative(path: string): string {
    return relative(this.options.directory, path);
  }

  absolute(file: string): string {
    return join(this.options.directory, file);
  }

  /** Every finished file, in order of arrival, folder by folder. */
  files(): AsyncGenerator<readonly string[]> {
    return spoolFiles(this.options.directory);
  }
}
