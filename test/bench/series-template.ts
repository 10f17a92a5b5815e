import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttributeEdit } from '../../src/core/attributes/attribute-edit.ts';
import { tagOf } from '../../src/core/attributes/tags.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { encodeFileMeta } from '../../src/part10/file-meta.ts';
import { applyEdits } from '../../src/part10/splice.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { phantomSeries } from '../../src/phantom/phantom-series.ts';

/** Instances of one series: 10 slices of 30 phases. */
export const INSTANCES = 300;
const SLICES = 10;
const RENDERED_PHASES = 2;
const FIELD_OF_VIEW_MM = 360;

/** A short-axis cine of a made-up person in code 110 with an honest header: a node has to turn it by 101. */
export interface SeriesTemplate {
  readonly size: number;
  readonly transferSyntaxUid: string;
  /** Some instances of the series as data sets. */
  readonly dataSets: readonly DataSet[];
  /** Writes a whole series that nobody has seen before, one Part 10 file an instance, in place of what is there. */
  write(folder: string): Promise<void>;
}

/** Pixels take long to render: the phases of the heart beat are few, and repeat. */
export function seriesTemplate(size: number): SeriesTemplate {
  const spacing = FIELD_OF_VIEW_MM / size;
  const rendered = phantomSeries({
    seed: '7',
    plane: 'sax',
    sequence: 'cine',
    slices: SLICES,
    phases: RENDERED_PHASES,
    code: '110',
    matrix: { rows: size, columns: size, rowSpacingMm: spacing, columnSpacingMm: spacing },
  });
  const { transferSyntaxUid, sopClassUid } = rendered[0]!;
  const encoding = encodingOf(transferSyntaxUid)!;
  const dataSets = rendered.map(({ dataSet }) => DataSet.read(dataSet, encoding));
  return {
    size,
    transferSyntaxUid,
    dataSets,
    async write(folder) {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      const series = [tagOf('StudyInstanceUID'), tagOf('SeriesInstanceUID'), tagOf('FrameOfReferenceUID')];
      const common = [...series.map((tag) => setUid(tag, freshUid())), setNumber('ImagesInAcquisition', INSTANCES)];
      for (let i = 0; i < INSTANCES; i++) {
        const sopInstanceUid = freshUid();
        const edits = [
          ...common,
          setUid(tagOf('SOPInstanceUID'), sopInstanceUid),
          setNumber('InstanceNumber', i + 1),
        ] satisfies AttributeEdit[];
        const bytes = applyEdits(dataSets[i % dataSets.length]!, edits);
        const meta = encodeFileMeta({ sopClassUid, sopInstanceUid, transferSyntaxUid });
        await writeFile(join(folder, `${String(i).padStart(4, '0')}.dcm`), [meta, bytes]);
      }
    },
  };
}

function setUid(tag: number, uid: string): AttributeEdit {
  return { op: 'set', tag, vr: 'UI', value: { strings: [uid] } };
}

function setNumber(keyword: 'ImagesInAcquisition' | 'InstanceNumber', value: number): AttributeEdit {
  return { op: 'set', tag: tagOf(keyword), vr: 'IS', value: { strings: [String(value)] } };
}

function freshUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}
