import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { parsePart10, part10Of } from '../support/part10-files.ts';
import { madeUpStudy, studyUid } from './made-up-traffic.ts';

/** What became of everything that was acknowledged. */
export interface ArchiveVerdict {
  readonly acknowledged: number;
  readonly archived: number;
  readonly turned: number;
  readonly lost: number;
  /** More than one derived UID of a source that no person decided anew, or other bytes under one UID. */
  readonly doubled: number;
  /** Samples that moved, series that are half turned, instances nobody sent. */
  readonly wrong: number;
}

/** Study by study, each made once more, so that any number of them can be judged in little memory. */
export async function judgeArchive({
  folder,
  acknowledged,
  actedOn,
}: {
  readonly folder: string;
  /** SOP Instance UIDs by the number of their study. */
  readonly acknowledged: ReadonlyMap<number, ReadonlySet<string>>;
  /** Series Instance UIDs that a person decided anew: more than one result of them is as it should be. */
  readonly actedOn: ReadonlySet<string>;
}): Promise<ArchiveVerdict> {
  const filesOf = await filesByStudy(folder);
  const sum = { acknowledged: 0, archived: 0, turned: 0, lost: 0, doubled: 0, wrong: 0 };
  for (const [number, uids] of acknowledged) {
    const sent = madeUpStudy(number);
    const sources = sent
      .filter(({ sopInstanceUid }) => uids.has(sopInstanceUid))
      .map((one) => parsePart10(part10Of(one)));
    const paths = filesOf.get(studyUid(number)) ?? [];
    filesOf.delete(studyUid(number));
    const archived = await Promise.all(paths.map(async (path) => parsePart10(await readFile(path), path)));
    const verdict = judgeGeometry(sources, archived);
    const seriesOf = new Map(sent.map((one) => [one.sopInstanceUid, one.seriesInstanceUid]));
    const halfTurned = [...verdict.operations].filter(([uid, shown]) => shown.size > 1 && !actedOn.has(uid));
    sum.acknowledged += uids.size;
    sum.archived += archived.length;
    sum.turned += verdict.turned;
    sum.lost += verdict.lost.length;
    sum.doubled += verdict.doubled.filter((uid) => !actedOn.has(seriesOf.get(uid) ?? '')).length;
    sum.wrong += verdict.problems.length + halfTurned.length;
  }
  const nobodys = [...filesOf.values()].reduce((count, paths) => count + paths.length, 0);
  return { ...sum, wrong: sum.wrong + nobodys };
}

async function filesByStudy(folder: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // The archive writes there itself; after everything is sent all files are complete.
    const uid = parsePart10(await readFile(path), path).elements.string('x0020000d') ?? '';
    found.set(uid, [...(found.get(uid) ?? []), path]);
  }
  return found;
}
