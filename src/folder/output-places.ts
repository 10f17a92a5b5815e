import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { NodeError } from '../core/errors.ts';
import { codeOf, type InputFile, placeOf } from './input-files.ts';

/** Where the results of a folder, or of a single file, go. */
export class OutputPlaces {
  /** The folder, or the one file. */
  readonly root: string;
  readonly #single: boolean;

  private constructor(root: string, single: boolean) {
    this.root = root;
    this.#single = single;
  }

  /** A single file goes into a folder that is there (or is named like one), else it is the output itself. */
  static async plan(input: string, output: string): Promise<OutputPlaces> {
    const source = await stat(input).catch((cause: unknown) => {
      throw new NodeError('bad-request', `the input cannot be read: ${codeOf(cause)}`, {
        subject: { file: input },
        cause,
      });
    });
    const found = await stat(output).catch(() => undefined);
    if (source.isDirectory()) {
      if (found !== undefined && !found.isDirectory()) {
        throw new NodeError('bad-request', 'the input is a folder and the output is a file');
      }
      return new OutputPlaces(resolve(output), false);
    }
    const asFolder = found === undefined ? /[/\\]$/.test(output) : found.isDirectory();
    return new OutputPlaces(asFolder ? resolve(output, basename(input)) : resolve(output), true);
  }

  pathOf(file: string): string {
    return this.#single ? this.root : join(this.root, file);
  }

  /** As it is reported: relative to the output folder. */
  nameOf(file: string): string {
    return this.#single ? basename(this.root) : file;
  }

  /** The folder that is not read, though it may lie in the input. */
  async excluded(): Promise<string | undefined> {
    return this.#single ? undefined : realpath(this.root).catch(() => undefined);
  }

  /**
   * Refuses to begin where a result would replace something that is read, or, unless that was asked for, anything.
   * @throws NodeError bad-request, storage-failed
   */
  async assertFree(inputs: readonly InputFile[], overwrite: boolean): Promise<void> {
    const read = new Set<string>();
    for (const { path } of inputs) read.add(await placeOf(resolve(path))).add(await realpath(path));
    for (const { file } of inputs) {
      const target = this.pathOf(file);
      if (read.has(await placeOf(target))) {
        throw new NodeError('bad-request', 'the output would replace an input', { subject: { file } });
      }
      if (overwrite) continue;
      const there = await lstat(target).catch(() => undefined);
      if (there !== undefined) {
        throw new NodeError('storage-failed', 'the output is there already; --overwrite replaces it', {
          subject: { file: this.nameOf(file) },
        });
      }
    }
  }

  /** @throws NodeError bad-request where the results would go where the input is */
  async assertApart(input: string): Promise<void> {
    const from = await realpath(input);
    const to = await realpath(this.root).catch(() => placeOf(this.root));
    if (from === to) throw new NodeError('bad-request', 'input and output are the same');
    if (this.#single && to.startsWith(from + sep)) throw new NodeError('bad-request', 'the output lies in the input');
  }
}
