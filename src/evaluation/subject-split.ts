import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf, NodeError } from '../core/errors.ts';

const subjects = z.array(z.string().min(1));
const splitSchema = z.record(z.string(), z.union([subjects, z.record(z.string(), subjects)]));

/** The subjects of one part of a split. */
export interface SplitPart {
  readonly name: string;
  has(dataSet: string, subject: string): boolean;
}

interface Member {
  readonly part: string;
  /** Undefined where the part is a plain list: of any data set. */
  readonly dataSet: string | undefined;
  readonly subject: string;
  /** Where the file names it, for a message: subjects of a site are not to be printed. */
  readonly place: string;
}

/**
 * Reads `FILE:PART`, where the file is JSON `{ part: { dataSet: [subject, …] } }` or `{ part: [subject, …] }`.
 * @throws NodeError bad-request where it is no such file, has no such part, or has one subject in two parts
 */
export async function readSplitPart(reference: string): Promise<SplitPart> {
  const at = reference.lastIndexOf(':');
  if (at <= 0) throw new NodeError('bad-request', '--subjects is FILE:PART, for example split.json:held-out');
  const [file, part] = [reference.slice(0, at), reference.slice(at + 1)];
  const members = await readMembers(file);
  const parts = [...new Set(members.map((member) => member.part))];
  if (!parts.includes(part)) throw wrong(file, `has no part ${part} with subjects; there are: ${parts.join(', ')}`);
  assertDisjoint(file, members);
  const own = members.filter((member) => member.part === part);
  return {
    name: part,
    has: (dataSet, subject) => own.some((member) => member.subject === subject && sharesSet(member, { dataSet })),
  };
}

async function readMembers(file: string): Promise<readonly Member[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw wrong(file, 'cannot be read', cause);
  });
  const parsed = splitSchema.safeParse(jsonOf(file, text));
  if (!parsed.success) throw wrong(file, 'is not { part: { data set: [subject, …] } } or { part: [subject, …] }');
  return Object.entries(parsed.data).flatMap(([part, sets]) =>
    Array.isArray(sets)
      ? membersOf(part, undefined, sets)
      : Object.entries(sets).flatMap(([dataSet, names]) => membersOf(part, dataSet, names)),
  );
}

function membersOf(part: string, dataSet: string | undefined, names: readonly string[]): Member[] {
  const set = dataSet === undefined ? part : `${part}, ${dataSet}`;
  return names.map((subject, i) => ({ part, dataSet, subject, place: `number ${i + 1} of ${set}` }));
}

function assertDisjoint(file: string, members: readonly Member[]): void {
  const bySubject = new Map<string, Member[]>();
  for (const member of members) {
    const others = bySubject.get(member.subject) ?? [];
    const twin = others.find((other) => other.part !== member.part && sharesSet(other, member));
    if (twin !== undefined) throw wrong(file, `has one subject in two parts: ${twin.place} is ${member.place}`);
    bySubject.set(member.subject, [...others, member]);
  }
}

function sharesSet(a: Pick<Member, 'dataSet'>, b: Pick<Member, 'dataSet'>): boolean {
  return a.dataSet === undefined || b.dataSet === undefined || a.dataSet === b.dataSet;
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw wrong(file, 'is not JSON', cause);
  }
}

function wrong(file: string, what: string, cause?: unknown): NodeError {
  const why = cause === undefined ? '' : `: ${messageOf(cause)}`;
  return new NodeError('bad-request', `the split ${what}${why}`, { subject: { file }, cause });
}
