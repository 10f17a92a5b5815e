import { CODE_WORDS } from '../../core/decision/reason-text.ts';
import type { OrientationCode } from '../../core/orientation/d4.ts';
import type { ReviewAct } from '../../core/review/review-acts.ts';
import type { DecisionRecord } from '../../store/decisions.ts';
import type { ReviewRecord } from '../../store/reviews.ts';

type Detail = Readonly<Record<string, unknown>>;

/** What a person did, in one sentence. */
export function reviewSentence({ act, code }: Pick<ReviewRecord, 'act' | 'code'>): string {
  return act === 'overrule' && code !== null
    ? `Overruled: the picture shows ${CODE_WORDS[code as OrientationCode]} (code ${code}).`
    : ACT_SENTENCES[act];
}

const ACT_SENTENCES: Readonly<Record<ReviewAct, string>> = {
  approve: 'Approved the decision.',
  overrule: 'Overruled the decision.',
  'leave-as-received': 'Left it as received.',
  'trust-header': 'Trusted the geometry header: the picture is treated as what it says.',
  'trust-image': 'Trusted the picture: the geometry header was put right by it.',
  'put-back': 'Put it back: the archives get the series again as it was received.',
  resend: 'Had it sent once more.',
};

/** What an entry of the audit trail tells of a series, in one sentence; of several alike, of all of them. */
export function eventSentence(
  event: string,
  detail: Detail,
  about: { readonly times: number; readonly decision: DecisionRecord | undefined },
): string {
  const { times, decision } = about;
  const instances = times === 1 ? 'An instance' : `${times} instances`;
  switch (event) {
    case 'hold-released':
      return 'Nobody reviewed it in time: it was forwarded as received.';
    case 'late-instances':
      return `${countOf(detail, 'instances')} arrived after the decision${againstIt(detail)}.`;
    case 'series-sent-again':
      return `Sent again: ${queuedInWords(detail)}.`;
    case 'deliveries-retried':
      return `What had not arrived was queued anew: ${queuedInWords(detail)}.`;
    case 'passed-to-alternate':
      return `${String(detail['destination'])} took nothing for long: queued for its alternate, too: ${queuedInWords(detail)}.`;
    case 'instance-new-version':
      return `${instances} arrived again with the same pixels and another header.`;
    case 'instance-duplicate-uid':
      return `${instances} arrived again with other pixels under the same SOP Instance UID.`;
    case 'instance-delivered-again':
      return `${instances} arrived again as before: what became of it was sent again.`;
    case 'series-files-removed':
      return `Retention removed ${removedInWords(detail)} from the disk of the node; the archives have it.`;
    case 'series-viewed':
      return 'Looked at the series.';
    case 'instances-retrieved':
      return 'Retrieved its instances.';
    case 'audit-read':
      return 'Looked at what the audit trail says of it.';
    default:
      return decision?.reason ?? `${event.charAt(0).toUpperCase()}${event.slice(1).replaceAll('-', ' ')}.`;
  }
}

function againstIt({ flags }: Detail): string {
  const list: readonly unknown[] = Array.isArray(flags) ? flags : [];
  if (list.includes('late-contradiction')) return ', and what they show speaks against it; they followed it';
  if (list.includes('mixed-planes')) return '; those that do not belong to its stack were forwarded as received';
  return ' and followed it';
}

function countOf(detail: Detail, key: string): string {
  const count = Number(detail[key]);
  return count === 1 ? '1 instance' : `${count} instances`;
}

function removedInWords(detail: Detail): string {
  const parts = [
    ...(Number(detail['received']) > 0 ? [`${countOf(detail, 'received')} as received`] : []),
    ...(Number(detail['results']) > 0 ? [`${countOf(detail, 'results')} as turned`] : []),
  ];
  return parts.join(' and ');
}

/** `queued` of a detail: instances by destination. */
function queuedInWords({ queued }: Detail): string {
  const counts = Object.entries((queued ?? {}) as Detail).map(
    ([destination, count]) => `${count === 1 ? '1 instance' : `${count} instances`} to ${destination}`,
  );
  return counts.length === 0 ? 'nothing' : counts.join(', ');
}
