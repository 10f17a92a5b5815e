/** The closed list of what a decision or a delivery may be flagged with; each has its sentence in the README. */
export const FLAGS = [
  'uncertain', // the fused opinion is not sure, or the slices contradict each other
  'contradiction', // picture and header are both sure and disagree
  'possible-situs-variant', // the picture is sure of a mirror, and the side does not agree strongly
  'no-geometry', // Image Position, Image Orientation or Pixel Spacing is missing or broken
  'not-short-axis', // the picture or the plane is not a short axis
  'few-slices', // fewer than three slice positions and no agreeing header
  'near-border', // the heart lies close to 45°, where two neighbouring codes are harmless: the header decided, or least change
  'mixed-planes', // one series holds differently oriented stacks
  'group-split', // series of one stack group showed different pictures and were decided apart
  'cannot-reorient', // an instance cannot be turned (compressed, burned-in annotation, sizes that do not match …)
  'proof-failed', // a rewritten instance did not keep its patient coordinates; the series passed as received
  'stale-private-geometry', // private vendor geometry was kept as it was
  'duplicate-uid', // one SOP Instance UID arrived with different Pixel Data
  'new-version', // one SOP Instance UID arrived again with the same Pixel Data and another header
  'late', // arrived after its series was decided
  'late-contradiction', // a late instance speaks against the decision that its series follows
  'classifier-failed', // the recogniser gave no answer; the series passed as received
  'time-budget', // the series was decided because its time was up
  'invalid-attribute', // an attribute value that the standard does not allow, forwarded as received
  'reviewed', // a person decided
  'observe', // what would have been done was recorded and not done
] as const;
export type Flag = (typeof FLAGS)[number];
