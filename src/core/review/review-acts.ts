/** What a person may do with a decided series. Each needs a reason, and each can be undone by a further one. */
export const REVIEW_ACTS = [
  'approve', // the decision that stands is right
  'overrule', // the picture shows another code: turned by its correction, header and pixels together
  'leave-as-received', // it is to go, or stay, as it was received
  'trust-header', // on a contradiction: the picture is treated as what the header claims
  'trust-image', // on a contradiction: a person asserts that the header is wrong (relabel)
  'put-back', // the archives get the original again; the result that they have is superseded
  'resend', // the same once more, to the same archives
] as const;
export type ReviewAct = (typeof REVIEW_ACTS)[number];
