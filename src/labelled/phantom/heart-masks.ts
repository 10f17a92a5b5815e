import { TISSUE, type Tissue } from '../../phantom/tissue.ts';
import type { HeartStructure, LabelledPicture, SliceQuality } from '../labelled-picture.ts';

/**
 * What a reader who draws outlines would take in: papillary muscles and trabeculae belong to their cavity, a scar to
 * the myocardium.
 */
const TISSUES_OF: Readonly<Record<HeartStructure, ReadonlySet<number>>> = {
  leftVentricle: new Set<Tissue>([TISSUE.leftVentricle, TISSUE.papillaryMuscle]),
  myocardium: new Set<Tissue>([TISSUE.myocardium, TISSUE.scar]),
  rightVentricle: new Set<Tissue>([TISSUE.rightVentricle, TISSUE.trabecula]),
};

/** Less of the left ventricle in a slice is none. */
const LEAST_HEART_MM2 = 60;

/** All three structures of a label map, row-major like it. */
export function heartMasks(labels: Uint8Array): Required<LabelledPicture['masks']> {
  const maskOf = (structure: HeartStructure) => labels.map((label) => (TISSUES_OF[structure].has(label) ? 1 : 0));
  return {
    leftVentricle: maskOf('leftVentricle'),
    myocardium: maskOf('myocardium'),
    rightVentricle: maskOf('rightVentricle'),
  };
}

/** What a short axis shows, by the area of left ventricle in it; `side` says to which end of the heart it lies. */
export function sliceQuality(
  { leftVentricle, myocardium }: Pick<LabelledPicture['masks'], 'leftVentricle' | 'myocardium'>,
  { pixelMm2, side }: { pixelMm2: number; side: 'base' | 'apex' },
): SliceQuality {
  const area = [leftVentricle, myocardium].reduce((sum, mask) => sum + (mask?.reduce((n, is) => n + is, 0) ?? 0), 0);
  return area * pixelMm2 < LEAST_HEART_MM2 ? `beyond-${side}` : 'heart';
}
