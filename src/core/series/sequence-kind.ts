/** What a series shows, as far as this product is concerned. Everything that is not surely one of three is `other`. */
export const SEQUENCE_KINDS = ['cine', 'LGE', 'T2', 'other'] as const;
export type SequenceKind = (typeof SEQUENCE_KINDS)[number];
