import { describe, expect, it } from 'vitest';
import { pixelCentreLps } from '../../../src/core/geometry/image-plane.ts';
import { ORIENTATION_CODES } from '../../../src/core/orientation/d4.ts';
import { heartMasks } from '../../../src/labelled/phantom/heart-masks.ts';
import { drawScan, type Scan, scanned } from '../../../src/labelled/phantom/scan.ts';
import { anatomyAt } from '../../../src/phantom/anatomy.ts';
import { centralView } from '../../../src/phantom/planes.ts';
import { seededRandom } from '../../../src/phantom/random.ts';
import { TISSUE } from '../../../src/phantom/tissue.ts';
import { makeSubject } from '../../../src/phantom/variation.ts';

const DRAW = { contrast: 'cine', fieldMm: [0, 430], leastSideMm: 140 } as const;
const subject = makeSubject({ seed: 'scan', scar: true });

describe('a scan by chance', () => {
  it('keeps to its bounds, and stores in each of the eight codes', () => {
    const random = seededRandom('many');
    const scans = Array.from({ length: 300 }, () => drawScan(random, DRAW));
    expect(new Set(scans.map(({ code }) => code))).toEqual(new Set(ORIENTATION_CODES));
    for (const { matrix, phaseSensitive } of scans) {
      const sides = [matrix.rows * matrix.rowSpacingMm, matrix.columns * matrix.columnSpacingMm];
      expect(Math.min(...sides)).toBeGreaterThan(0.97 * DRAW.leastSideMm);
      expect(Math.max(...sides)).toBeLessThan(1.03 * DRAW.fieldMm[1]);
      expect(phaseSensitive).toBe(false);
    }
    expect(scans.some(({ matrix }) => matrix.rowSpacingMm !== matrix.columnSpacingMm)).toBe(true);
  });
});

describe('a scanned picture', () => {
  const plain: Scan = {
    contrast: 'cine',
    matrix: { rows: 50, columns: 60, rowSpacingMm: 4, columnSpacingMm: 3.4 },
    thicknessMm: 6,
    noise: 0.01,
    wrap: 0,
    frame: { shape: 'none' },
    code: '000',
  };
  const truth = anatomyAt(subject, 0.1);

  it.each(ORIENTATION_CODES)('stored in code %s shows in every pixel what lies there in the patient', (code) => {
    const view = centralView(subject, 'sax');
    const { picture, labels } = scanned({ ...plain, code }, { subject, view, phase: 0.1, noiseSeed: 'scan' });
    const { plane, samples } = picture;
    const wrong = labels.filter((label, i) => {
      const [x, y] = [i % plane.columns, Math.floor(i / plane.columns)];
      return label !== truth(pixelCentreLps(plane, x, y));
    });
    // Rounding decides on the borders between two tissues.
    expect(wrong.length).toBeLessThan(4);
    const { leftVentricle, myocardium } = heartMasks(labels);
    const meanOf = (mask: Uint8Array) =>
      samples.reduce((sum, value, i) => sum + value * mask[i]!, 0) / mask.reduce((sum, inside) => sum + inside, 0);
    expect(meanOf(leftVentricle)).toBeGreaterThan(1.5 * meanOf(myocardium));
  });

  it.each([
    { frame: { shape: 'circle', radius: 0.4 }, black: 0.3 },
    { frame: { shape: 'strips', upright: true, width: 0.1 }, black: 0.19 },
  ] as const)('is black outside its frame: $frame.shape', ({ frame, black }) => {
    const view = centralView(subject, 'axial');
    const { picture } = scanned({ ...plain, frame, noise: 0.2 }, { subject, view, phase: 0, noiseSeed: 'frame' });
    expect(picture.samples.filter((value) => value === 0).length / picture.samples.length).toBeGreaterThan(black);
  });
});

describe('the masks of a made-up heart', () => {
  it('take papillary muscle into the left ventricle, scar into the myocardium, trabeculae into the right ventricle', () => {
    const masks = heartMasks(
      Uint8Array.of(TISSUE.papillaryMuscle, TISSUE.scar, TISSUE.trabecula, TISSUE.rightVentricularWall, TISSUE.lung),
    );
    expect(masks).toEqual({
      leftVentricle: Uint8Array.of(1, 0, 0, 0, 0),
      myocardium: Uint8Array.of(0, 1, 0, 0, 0),
      rightVentricle: Uint8Array.of(0, 0, 1, 0, 0),
    });
  });
});
