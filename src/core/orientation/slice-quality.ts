/**
 * What a slice of a short-axis stack shows of the heart, or that the picture is none: only what can be derived from
 * masks or made by code.
 */
export const SLICE_QUALITIES = ['heart', 'beyond-base', 'beyond-apex', 'blank', 'noise'] as const;
export type SliceQuality = (typeof SLICE_QUALITIES)[number];
