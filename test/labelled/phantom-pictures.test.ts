import { describe, expect, it } from 'vitest';
import { planeFault, sliceNormal } from '../../src/core/geometry/image-plane.ts';
import { dot } from '../../src/core/geometry/vector.ts';
import { APEX_TO_BASE, headerOpinion } from '../../src/core/orientation/header-opinion.ts';
import type { LabelledPicture } from '../../src/labelled/labelled-picture.ts';
import { variedSubject } from '../../src/labelled/phantom/varied-subject.ts';
import { phantomPictures } from '../../src/labelled/phantom-pictures.ts';

const STUDY = 20;
const STUDIES = 3;
const pictures = [...phantomPictures({ count: STUDIES * STUDY, seed: 'persons' })];
const shortAxes = pictures.filter(({ shortAxis }) => shortAxis === true);
const others = pictures.filter(({ shortAxis, plane }) => shortAxis === false && plane !== undefined);

describe('made-up pictures', () => {
  it('are the same for one seed, and the first of a longer set', () => {
    expect([...phantomPictures({ count: 3, seed: 'persons' })]).toEqual(pictures.slice(0, 3));
    const [other] = phantomPictures({ count: 1, seed: 'another' });
    expect(other?.image.samples).not.toEqual(pictures[0]?.image.samples);
  });

  it('are as many as were asked for: 55 % short axes, 35 % other planes, 10 % empty', () => {
    expect([pictures, shortAxes, others].map(({ length }) => length / pictures.length)).toEqual([1, 0.55, 0.35]);
    expect([...phantomPictures({ count: 0, seed: 'persons' })]).toEqual([]);
  });

  it('have one name each, and one series, person and position where they belong together', () => {
    expect(new Set(pictures.map(({ file }) => file)).size).toBe(pictures.length);
    expect(new Set(pictures.map(({ subject }) => subject)).size).toBe(STUDIES);
    const facts = pictures.map(({ series, subject, kind, code }) => `${series}: ${subject} ${kind} ${code}`);
    expect(new Set(facts).size).toBe(new Set(pictures.map(({ series }) => series)).size);
    const cine = shortAxes.filter(({ series }) => series === shortAxes[0]?.series);
    expect(cine.map(({ position }) => position)).toEqual(['0', '0', '1', '1', '2', '2']);
  });

  it('hold whole stored values in every sample', () => {
    for (const { image } of pictures) {
      expect(image.samples).toHaveLength(image.rows * image.columns);
      expect(image.samples.every((value) => Number.isInteger(value) && value >= 0 && value < 4096)).toBe(true);
    }
  });

  it('show no heart on the right', () => {
    for (let i = 0; i < 50; i++) expect(variedSubject(`left ${i}`).mirrored).toBe(false);
  });
});

describe('made-up short axes', () => {
  it('tell their code and their angle against down as their honest header does', () => {
    for (const { plane, code, angleDegrees, nearBorder } of shortAxes) {
      const opinion = headerOpinion(plane!);
      expect(opinion?.code).toBe(code);
      expect(opinion?.angleDegrees).toBeCloseTo(angleDegrees!, 6);
      expect(Math.abs(opinion!.side)).toBeGreaterThan(0.75);
      expect(nearBorder).toBe(Math.abs(angleDegrees!) >= 30);
    }
  });

  it('come in all contrasts and slice qualities', () => {
    expect(new Set(shortAxes.map(({ kind }) => kind))).toEqual(new Set(['cine', 'LGE', 'T2']));
    expect(new Set(shortAxes.map(({ quality }) => quality))).toEqual(new Set(['heart', 'beyond-base', 'beyond-apex']));
  });

  it('show the left ventricle in their masks where they say heart, and next to nothing of it beyond', () => {
    for (const { masks, image, quality } of shortAxes) {
      const area = (count: Uint8Array | undefined) =>
        count!.reduce((sum, inside) => sum + inside, 0) * image.rowSpacingMm * image.columnSpacingMm;
      const left = area(masks.leftVentricle) + area(masks.myocardium);
      expect(left >= 60).toBe(quality === 'heart');
      expect(masks.rightVentricle).toHaveLength(image.samples.length);
    }
  });
});

describe('made-up pictures that are no short axes', () => {
  it('lie somewhere, far from the plane of a short axis', () => {
    for (const { plane } of others) expect(planeFault(plane!)).toBeUndefined();
    for (const { plane } of others.filter(({ series }) => !series.includes('head'))) {
      expect(Math.abs(dot(sliceNormal(plane!), APEX_TO_BASE))).toBeLessThan(0.75);
    }
  });

  it('have neither code nor angle nor kind nor masks', () => {
    for (const { code, angleDegrees, kind, masks } of pictures.filter(({ shortAxis }) => shortAxis === false)) {
      expect({ code, angleDegrees, kind, masks }).toEqual({
        code: undefined,
        angleDegrees: undefined,
        kind: 'other',
        masks: {},
      });
    }
  });

  it('show something, unless they are blank', () => {
    const different = ({ image }: LabelledPicture) => new Set(image.samples).size;
    for (const picture of others) expect(different(picture)).toBeGreaterThan(20);
    for (const picture of pictures.filter(({ quality }) => quality === 'noise')) {
      expect(different(picture)).toBeGreaterThan(20);
    }
    const blanks = pictures.filter(({ quality }) => quality === 'blank');
    expect(blanks).toHaveLength(STUDIES);
    for (const blank of blanks) expect(different(blank)).toBeLessThan(14);
  });
});
