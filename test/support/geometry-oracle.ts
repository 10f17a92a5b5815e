import type dicomParser from 'dicom-parser';
import type { ReadFile } from './part10-files.ts';

/**
 * An independent judge of what an archive holds against what was sent: it reads both with dicom-parser and computes
 * where every sample lies from the two headers alone, without a line of the product's geometry.
 */
export interface Verdict {
  /** SOP Instance UIDs that were sent and did not arrive, neither as they were nor turned. */
  readonly lost: readonly string[];
  /** Sources of more than one derived SOP Instance UID, and UIDs that lie there more than once with other bytes. */
  readonly doubled: readonly string[];
  readonly problems: readonly string[];
  /** Which operations, source matrix to archived matrix, each source series shows; 000 where it is as it was sent. */
  readonly operations: ReadonlyMap<string, ReadonlySet<string>>;
  readonly turned: number;
}

/** What a derived instance may have other than its source (PS3.3 C.7.6.1.1.2, C.12.4; geometry and identity). */
const MAY_DIFFER = new Set(
  `x00080005 x00080008 x00080012 x00080013 x00080018 x0008103e x00082111 x00082112 x00089215 x00181310 x00181312
   x0020000e x00200011 x00200020 x00200030 x00200032 x00200035 x00200037 x00280010 x00280011 x00280030 x00280034
   x00880200 x0018a001 x04000561 x7fe00010`.split(/\s+/),
);

export function judgeGeometry(sent: readonly ReadFile[], archived: readonly ReadFile[]): Verdict {
  const sources = new Map(sent.map((file) => [file.sopInstanceUid, file]));
  const arrived = new Map<string, Set<string>>();
  const bytesOf = new Map<string, Set<string>>();
  const operations = new Map<string, Set<string>>();
  const problems: string[] = [];
  let turned = 0;
  for (const file of archived) {
    bytesOf.set(file.sopInstanceUid, (bytesOf.get(file.sopInstanceUid) ?? new Set()).add(file.sha256));
    const sourceUid = sourceOf(file) ?? file.sopInstanceUid;
    const source = sources.get(sourceUid);
    if (source === undefined) {
      problems.push(`${file.sopInstanceUid} has no source`);
      continue;
    }
    arrived.set(sourceUid, (arrived.get(sourceUid) ?? new Set()).add(file.sopInstanceUid));
    const judged = file.sopInstanceUid === sourceUid ? sameBytes(source, file) : judgeTurned(source, file);
    problems.push(...judged.problems.map((problem) => `${file.sopInstanceUid}: ${problem}`));
    const { seriesInstanceUid } = source;
    operations.set(seriesInstanceUid, (operations.get(seriesInstanceUid) ?? new Set()).add(judged.operation));
    if (file.sopInstanceUid !== sourceUid) turned += 1;
  }
  return {
    lost: [...sources.keys()].filter((uid) => !arrived.has(uid)),
    doubled: [...arrived, ...bytesOf].filter(([, uids]) => uids.size > 1).map(([uid]) => uid),
    problems,
    operations,
    turned,
  };
}

function sourceOf({ elements }: ReadFile): string | undefined {
  const item = elements.elements['x00082112']?.items?.at(-1)?.dataSet;
  return item?.string('x00081155');
}

interface Judged {
  readonly problems: readonly string[];
  readonly operation: string;
}

function sameBytes(source: ReadFile, file: ReadFile): Judged {
  const problems = source.sha256 === file.sha256 ? [] : ['its UID is that of the source and its bytes are not'];
  return { problems, operation: '000' };
}

type Point = readonly [number, number, number];

interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly origin: Point;
  /** Steps in mm along x (to the next column) and y (to the next row). */
  readonly alongX: Point;
  readonly alongY: Point;
  readonly sample: (x: number, y: number) => number;
}

function judgeTurned(source: ReadFile, file: ReadFile): Judged {
  const problems = otherDifferences(source.elements, file.elements);
  const from = gridOf(source);
  const to = gridOf(file);
  const at = (x: number, y: number): Point => inGrid(from, place(to, x, y));
  const [x0, y0, off] = at(0, 0);
  const [xx, yx, offX] = at(1, 0);
  const [xy, yy, offY] = at(0, 1);
  const steps = [xx - x0, yx - y0, xy - x0, yy - y0];
  const operation = NAMES[steps.map((step) => Math.round(step)).join(' ')] ?? 'none of the eight';
  if (Math.max(...[off, offX, offY].map(Math.abs)) > 2e-3) problems.push('it left its plane');
  let wrong = 0;
  for (let y = 0; y < to.rows; y++) {
    for (let x = 0; x < to.columns; x++) {
      const [sx, sy] = at(x, y);
      const near = Math.hypot(sx - Math.round(sx), sy - Math.round(sy)) < 5e-3;
      if (!near || from.sample(Math.round(sx), Math.round(sy)) !== to.sample(x, y)) wrong += 1;
    }
  }
  if (wrong > 0) problems.push(`${wrong} samples are not at their patient coordinate`);
  if (from.rows * from.columns !== to.rows * to.columns) problems.push('samples were lost');
  return { problems, operation };
}

/** Keyed by the steps in the source (x, y) for one step along x, then along y, of the archived matrix. */
const NAMES: Readonly<Record<string, string>> = {
  '1 0 0 1': '000',
  '-1 0 0 1': '001',
  '1 0 0 -1': '010',
  '-1 0 0 -1': '011',
  '0 1 1 0': '100',
  '0 -1 1 0': '101',
  '0 1 -1 0': '110',
  '0 -1 -1 0': '111',
};

function gridOf({ elements }: ReadFile): Grid {
  const rows = elements.uint16('x00280010') ?? 0;
  const columns = elements.uint16('x00280011') ?? 0;
  const cosines = numbers(elements, 'x00200037');
  const [rowSpacing = Number.NaN, columnSpacing = Number.NaN] = numbers(elements, 'x00280030');
  const origin = numbers(elements, 'x00200032') as unknown as Point;
  const pixels = elements.elements['x7fe00010'];
  const view = new DataView(elements.byteArray.buffer, elements.byteArray.byteOffset + (pixels?.dataOffset ?? 0));
  return {
    rows,
    columns,
    origin,
    alongX: scaled(cosines.slice(0, 3), columnSpacing),
    alongY: scaled(cosines.slice(3, 6), rowSpacing),
    sample: (x, y) =>
      x < 0 || y < 0 || x >= columns || y >= rows ? Number.NaN : view.getUint16(2 * (y * columns + x), true),
  };
}

function numbers(elements: dicomParser.DataSet, tag: string): number[] {
  return (elements.string(tag) ?? '').split('\\').map(Number);
}

const scaled = (v: readonly number[], factor: number): Point => v.map((one) => one * factor) as unknown as Point;
const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

function place({ origin, alongX, alongY }: Grid, x: number, y: number): Point {
  return origin.map((one, i) => one + x * (alongX[i] as number) + y * (alongY[i] as number)) as unknown as Point;
}

/** x and y in pixels of the grid, and the distance from its plane in mm. */
function inGrid({ origin, alongX, alongY }: Grid, point: Point): Point {
  const from = point.map((one, i) => one - (origin[i] as number)) as unknown as Point;
  const normal = cross(alongX, alongY);
  const length = Math.sqrt(dot(normal, normal));
  return [dot(from, alongX) / dot(alongX, alongX), dot(from, alongY) / dot(alongY, alongY), dot(from, normal) / length];
}

function otherDifferences(source: dicomParser.DataSet, file: dicomParser.DataSet): string[] {
  const tags = Object.keys(source.elements).filter((tag) => !MAY_DIFFER.has(tag) && !tag.startsWith('x0002'));
  return tags
    .filter((tag) => !rawValue(source, tag)?.equals(rawValue(file, tag) ?? Buffer.alloc(0)))
    .map((tag) => `${tag} is lost or altered`);
}

function rawValue({ elements, byteArray }: dicomParser.DataSet, tag: string): Buffer | undefined {
  const element = elements[tag];
  return element && Buffer.from(byteArray.buffer, byteArray.byteOffset + element.dataOffset, element.length);
}
