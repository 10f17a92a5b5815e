import { describe, expect, it } from 'vitest';
import { groupsOf, OpenSeries } from '../../src/app/open-series.ts';
import type { ImagePlane } from '../../src/core/geometry/image-plane.ts';
import type { InstanceRecord } from '../../src/store/instances.ts';
import type { SeriesRecord } from '../../src/store/series.ts';

const SETTINGS = { quietSeconds: 30, maxWaitSeconds: 600 };
const CINE = { name: 'all', kind: 'cine', when: [], anyOf: [], unless: [] } as const;

function instance(number: number, { of, plane }: { of: number; plane?: ImagePlane }): InstanceRecord {
  const header = {
    acquisitionNumber: 1,
    imagesInAcquisition: of,
    plane,
    frameOfReferenceUid: '1.2.3',
    kindHeader: { modality: 'MR', seriesDescription: 'cine_sax' },
  };
  return { id: number, sopInstanceUid: `1.2.${number}`, receivedAt: number, header } as unknown as InstanceRecord;
}

function plane(slice: number): ImagePlane {
  return {
    rows: 4,
    columns: 4,
    rowSpacingMm: 1,
    columnSpacingMm: 1,
    rowCosines: [1, 0, 0],
    columnCosines: [0, 1, 0],
    imagePositionPatient: [0, 0, 8 * slice],
  };
}

function openSeries(): OpenSeries {
  return new OpenSeries({ id: 1, part: 'cine', seriesInstanceUid: '1', studyInstanceUid: '2' } as SeriesRecord, [CINE]);
}

describe('a series that is arriving', () => {
  it('is complete with the last of the images that it announced, and not before', () => {
    const open = openSeries();
    for (let i = 0; i < 60; i++) {
      open.instances.push(instance(i, { of: 60, plane: plane(i % 10) }));
      const because = groupsOf([open], SETTINGS)[0]?.readiness.because;
      expect(because).toBe(i === 59 ? 'images-in-acquisition' : 'quiet');
    }
    expect(open.tally.planes).toHaveLength(10);
    expect(open.stackPlane).toEqual(plane(0));
    expect(open.frameOfReferenceUid).toBe('1.2.3');
  });

  it('lies in no one stack once an instance has no plane, or another orientation', () => {
    const open = openSeries();
    open.instances.push(instance(1, { of: 9, plane: plane(1) }));
    expect(open.stackPlane).toBeDefined();
    open.instances.push(instance(2, { of: 9, plane: { ...plane(2), rowCosines: [0, 0, 1] } }));
    expect(open.stackPlane).toBeUndefined();
    const other = openSeries();
    other.instances.push(instance(1, { of: 9, plane: plane(1) }), instance(2, { of: 9 }));
    expect(other.stackPlane).toBeUndefined();
  });

  it('is looked at after each of 10,000 instances in seconds', () => {
    const open = openSeries();
    const started = performance.now();
    for (let i = 0; i < 10_000; i++) {
      open.instances.push(instance(i, { of: 10_000, plane: plane(i % 400) }));
      groupsOf([open], SETTINGS);
    }
    const seconds = (performance.now() - started) / 1000;
    expect(seconds).toBeLessThan(20);
  }, 30_000);
});
