import dicomParser from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import {
  type ImagePlane,
  pixelCentreLps,
  SAMPLE_TOLERANCE_MM,
  sliceNormal,
} from '../../src/core/geometry/image-plane.ts';
import { distance, type Lps } from '../../src/core/geometry/vector.ts';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { headerOpinion } from '../../src/core/orientation/header-opinion.ts';
import { type PhantomInstance, type PhantomSeriesOptions, phantomSeries } from '../../src/phantom/phantom-series.ts';

const MATRIX = { rows: 40, columns: 48, rowSpacingMm: 7.3, columnSpacingMm: 6.9 };
const SMALL = { seed: 'series', plane: 'sax', sequence: 'cine', slices: 1, phases: 1, matrix: MATRIX } as const;

function only(options: Partial<PhantomSeriesOptions> = {}): PhantomInstance {
  const [instance] = phantomSeries({ ...SMALL, ...options });
  return instance!;
}

function parse({ dataSet, transferSyntaxUid }: PhantomInstance): dicomParser.DataSet {
  return dicomParser.parseDicom(dataSet, { TransferSyntaxUID: transferSyntaxUid });
}

function decimals(dataSet: dicomParser.DataSet, tag: string): number[] {
  return dataSet.string(tag)!.split('\\').map(Number);
}

function headerPlane(dataSet: dicomParser.DataSet): ImagePlane {
  const orientation = decimals(dataSet, 'x00200037');
  const [rowSpacingMm, columnSpacingMm] = decimals(dataSet, 'x00280030');
  return {
    imagePositionPatient: decimals(dataSet, 'x00200032') as unknown as Lps,
    rowCosines: orientation.slice(0, 3) as unknown as Lps,
    columnCosines: orientation.slice(3) as unknown as Lps,
    rowSpacingMm: rowSpacingMm!,
    columnSpacingMm: columnSpacingMm!,
    rows: dataSet.uint16('x00280010')!,
    columns: dataSet.uint16('x00280011')!,
  };
}

function samples(instance: PhantomInstance): Uint16Array {
  const { dataOffset, length } = parse(instance).elements['x7fe00010']!;
  return new Uint16Array(instance.dataSet.slice(dataOffset, dataOffset + length).buffer);
}

describe('a phantom series', () => {
  it.each(ORIENTATION_CODES)('with an honest header in code %s tells by its geometry what was done to it', (code) => {
    for (const axialLike of [false, true]) {
      const instance = only({ code, axialLike });
      const plane = headerPlane(parse(instance));
      expect(headerOpinion(plane)?.code).toBe(code);
      expect(instance.truth).toMatchObject({ code, header: 'honest', axialLike });
      for (const [x, y] of [
        [0, 0],
        [plane.columns - 1, plane.rows - 1],
      ] as const) {
        const error = distance(pixelCentreLps(plane, x, y), pixelCentreLps(instance.truth.imagePlane, x, y));
        expect(error).toBeLessThan(SAMPLE_TOLERANCE_MM / 1e6);
      }
    }
  });

  it.each(ORIENTATION_CODES)('holds the same samples at the same patient points in code %s as in 000', (code) => {
    const standard = only();
    const turned = only({ code });
    const [from, to] = [headerPlane(parse(standard)), headerPlane(parse(turned))];
    const [before, after] = [samples(standard), samples(turned)];
    for (let y = 0; y < to.rows; y++) {
      for (let x = 0; x < to.columns; x++) {
        const found = indexAt(from, pixelCentreLps(to, x, y));
        expect(after[y * to.columns + x]).toBe(before[found]);
      }
    }
  });

  it('tells nothing of what was done behind a lying header', () => {
    for (const code of ORIENTATION_CODES) {
      const plane = headerPlane(parse(only({ code, header: 'lying' })));
      expect(headerOpinion(plane)?.code).toBe('000');
    }
  });

  it('has other samples behind a lying header only in so far as they were turned', () => {
    expect(samples(only({ code: '101', header: 'lying' }))).toEqual(samples(only({ code: '101' })));
  });

  it('moves the phase encoding direction and the acquisition matrix where the header is honest', () => {
    const straight = parse(only());
    const turned = parse(only({ code: '110' }));
    const matrixOf = (dataSet: dicomParser.DataSet) => [0, 1, 2, 3].map((i) => dataSet.uint16('x00181310', i));
    expect([straight.string('x00181312'), matrixOf(straight)]).toEqual(['COL', [0, 48, 40, 0]]);
    expect([turned.string('x00181312'), matrixOf(turned)]).toEqual(['ROW', [48, 0, 0, 40]]);
  });

  it('is the same bytes each time, and other bytes and UIDs for another seed', () => {
    expect(only().dataSet).toEqual(only().dataSet);
    expect(only({ seed: 'other' }).sopInstanceUid).not.toBe(only().sopInstanceUid);
    expect(only({ situs: 'inversus' }).sopInstanceUid).not.toBe(only().sopInstanceUid);
    expect(only({ code: '001' }).seriesInstanceUid).not.toBe(only().seriesInstanceUid);
  });

  it('says how many instances there are, and has each once', () => {
    const series = phantomSeries({ ...SMALL, slices: 3, phases: 4 });
    expect(series).toHaveLength(12);
    expect(new Set(series.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(12);
    expect(new Set(series.map((instance) => parse(instance).string('x00201002')))).toEqual(new Set(['12']));
    expect(series.map((instance) => parse(instance).string('x00200013'))).toEqual(series.map((_, i) => String(i + 1)));
  });

  it('says the same in implicit VR', () => {
    const [explicit, implicit] = [only(), only({ encoding: 'implicit' })];
    expect(implicit.sopInstanceUid).toBe(explicit.sopInstanceUid);
    expect(implicit.transferSyntaxUid).toBe('1.2.840.10008.1.2');
    const values = (instance: PhantomInstance) =>
      Object.values(parse(instance).elements)
        .filter(({ tag }) => tag !== 'x00291004')
        .map(({ tag, dataOffset, length }) => [
          tag,
          Buffer.from(instance.dataSet.subarray(dataOffset, dataOffset + length)).toString('base64'),
        ]);
    expect(values(implicit)).toEqual(values(explicit));
  });

  it('carries private elements of a made-up creator', () => {
    const dataSet = parse(only());
    expect(dataSet.string('x00290010')).toBe('MADE-UP MAGNETS 01');
    expect(dataSet.elements['x00291002']).toMatchObject({ vr: 'OB', length: 38 });
    expect(dataSet.elements['x00291004']?.items).toHaveLength(1);
  });

  it('of situs inversus has an honest header with a weak side', () => {
    const plane = headerPlane(parse(only({ situs: 'inversus' })));
    expect(Math.abs(headerOpinion(plane)!.side)).toBeLessThan(0.65);
    expect(sliceNormal(plane)[0]).toBeGreaterThan(0);
  });
});

function indexAt(plane: ImagePlane, lps: Lps): number {
  const d = lps.map((value, i) => value - plane.imagePositionPatient[i]!);
  const along = (cosines: Lps, spacing: number) =>
    Math.round((d[0]! * cosines[0] + d[1]! * cosines[1] + d[2]! * cosines[2]) / spacing);
  return (
    along(plane.columnCosines, plane.rowSpacingMm) * plane.columns + along(plane.rowCosines, plane.columnSpacingMm)
  );
}
